import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

/*
 * The prefix makes browsers insist on Secure, path "/" and no domain, so that no sibling host can plant a cookie.
 * They count http on loopback names as secure enough.
 */
const cookie = '__Host-lockstep'
const browserCookie = '__Host-lockstep-browser'
const yearSeconds = 365 * 86_400
const flags = { path: '/', secure: true, httpOnly: true, sameSite: 'Lax' } as const

export function readSession(c: Context): string | null {
  return getCookie(c, cookie) ?? null
}

/** A browser-session cookie: when it ends is decided in the database. `browser`: by what it is known from now on. */
export function startSession(c: Context, token: string, browser?: string): void {
  setCookie(c, cookie, token, flags)
  if (browser !== undefined) setCookie(c, browserCookie, browser, { ...flags, maxAge: yearSeconds })
}

export function endSession(c: Context): void {
  deleteCookie(c, cookie, flags)
}

/** By what people who signed in with this browser know it again; null when nobody did. */
export function readBrowser(c: Context): string | null {
  return getCookie(c, browserCookie) ?? null
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
