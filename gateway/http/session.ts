import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

/*
 * The prefix makes browsers insist on Secure, path "/" and no domain, so that no sibling host can plant a cookie.
 * They count http on loopback names as secure enough.
 */
const cookie = '__Host-lockstep'
const flags = { path: '/', secure: true, httpOnly: true, sameSite: 'Lax' } as const

export function readSession(c: Context): string | null {
  return getCookie(c, cookie) ?? null
}

/** A browser-session cookie: when it ends is decided in the database. */
export function startSession(c: Context, token: string): void {
  setCookie(c, cookie, token, flags)
}

export function endSession(c: Context): void {
  deleteCookie(c, cookie, flags)
}

const browserCookie = '__Host-lockstep-browser'
const yearSeconds = 365 * 86_400

/** By what people who signed in with this browser know it again; null when nobody did. */
export function readBrowser(c: Context): string | null {
  return getCookie(c, browserCookie) ?? null
}

export function keepBrowser(c: Context, known: string): void {
  setCookie(c, browserCookie, known, { ...flags, maxAge: yearSeconds })
}

/** A cookie for one form of ours, such as a link's token that must leave the address bar. */
export function setFormCookie(c: Context, name: string, value: string, maxAgeSeconds: number): void {
  setCookie(c, `__Host-lockstep-${name}`, value, { ...flags, maxAge: maxAgeSeconds })
}

export function readFormCookie(c: Context, name: string): string | null {
  return getCookie(c, `__Host-lockstep-${name}`) ?? null
}

export function clearFormCookie(c: Context, name: string): void {
  deleteCookie(c, `__Host-lockstep-${name}`, flags)
}
