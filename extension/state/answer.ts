import browser from 'webextension-polyfill'
import { bar as catalogue } from '../messages/en/bar.ts'
import { sayFrom } from '../messages/say.ts'
import { loginHosts, passwordHosts } from '../redirect/sources.ts'
import { isRecord } from './is-record.ts'
import type { OwnAnswer, PageAnswer } from './messages.ts'
import { revoke, SignInError, signIn } from './oauth.ts'
import { proofKey } from './proof-key.ts'
import { tokens, world } from './session.ts'
import { readSettings } from './settings.ts'
import { knownStatus } from './status.ts'
import { checkPortal, destinationOf, reachable } from './worker.ts'

const say = sayFrom(catalogue)

const pageHosts = new Set([...passwordHosts, ...Object.values(loginHosts).flat()])

/** Answers our own pages and, far less, our content scripts; nobody else is heard. */
export function watchMessages(): void {
  browser.runtime.onMessage.addListener((message: unknown, sender: browser.Runtime.MessageSender) => {
    if (sender.id !== browser.runtime.id || !isRecord(message)) return undefined
    if (isOwnPage(sender)) {
      if (message['type'] === 'sign_in') return answerSignIn(false)
      if (message['type'] === 'confirm') return answerSignIn(true)
      if (message['type'] === 'sign_out') return answerSignOut()
      return undefined
    }
    if (message['type'] === 'page' && isPasswordPage(sender)) return answerPage()
    return undefined
  })
}

/** Our pages open in tabs too, so it is the address that tells, not the tab. */
const isOwnPage = (sender: browser.Runtime.MessageSender) => sender.url?.startsWith(browser.runtime.getURL('')) === true

const isPasswordPage = (sender: browser.Runtime.MessageSender) =>
  sender.tab !== undefined &&
  sender.url !== undefined &&
  URL.canParse(sender.url) &&
  pageHosts.has(new URL(sender.url).hostname)

let lastCheckAt = 0
/** ms between two questions to the portal that pages cause. */
const checkPauseMs = 10_000

async function answerPage(): Promise<PageAnswer> {
  const { settings } = await readSettings()
  const { gatewayUrl, redirect, clouds, domains, organisation } = settings
  if (gatewayUrl === null || !redirect) return null
  const there = await reachable.get()
  if (Date.now() - lastCheckAt > checkPauseMs) {
    lastCheckAt = Date.now()
    // Not waited for: the answer decides where the next one is sent.
    void checkPortal()
  }
  const to = (reason: Parameters<typeof destinationOf>[1]) => destinationOf(gatewayUrl, reason, there)
  const targets = { change: to('change'), reset: to('reset'), forced: to('forced'), route: to('route') }
  const text = organisation === null ? say('bar.text') : say('bar.textNamed', { organisation })
  const bar = { text, button: say('bar.button'), close: say('bar.close') }
  return { scope: { redirect, clouds, domains }, targets, bar }
}

/** The window takes the focus, which closes a popup: so the worker signs in, whoever asked. */
async function answerSignIn(anew: boolean): Promise<OwnAnswer> {
  const { settings } = await readSettings()
  if (settings.gatewayUrl === null) return { ok: false, message: 'Enter the address of the gateway first.' }
  try {
    const redirectUri = browser.identity.getRedirectURL('cb')
    const held = await signIn(settings.gatewayUrl, redirectUri, await proofKey(), world, openWindow, anew)
    await tokens.set(held)
    return { ok: true }
  } catch (error) {
    if (error instanceof SignInError) return { ok: false, message: error.message }
    throw error
  }
}

async function openWindow(url: string): Promise<string> {
  try {
    return await browser.identity.launchWebAuthFlow({ url, interactive: true })
  } catch {
    throw new SignInError('refused', 'The sign-in window was closed before you were signed in.')
  }
}

async function answerSignOut(): Promise<OwnAnswer> {
  const held = await tokens.get()
  await tokens.set(null)
  await knownStatus.set(null)
  // Here it is over in any case; a gateway that cannot be told ends it by itself.
  if (held !== null) await revoke(held, world).catch(() => undefined)
  return { ok: true }
}
