import { codeAt } from '@lockstep/gateway/directory/totp'
import type { Page } from 'puppeteer'

/** An authenticator app: it is given the key that a page shows, and shows codes. */
export type Authenticator = { code(atMs?: number): string }

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function authenticatorOf(key: string): Authenticator {
  const bits = [...key.replace(/\s/g, '')]
    .map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const seed = Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
  return { code: (atMs = Date.now()) => codeAt(seed, atMs) }
}

/** The key in the text of a page that sets an app up. */
export function keyIn(page: string): string {
  const key = /<code class="key">([A-Z2-7 ]+)<\/code>/.exec(page)?.[1]
  if (key === undefined) throw new Error('The page shows no key.')
  return key
}

/** Sets up an app on the page that asks for it, and goes on past the recovery codes. */
export async function setUpApp(page: Page): Promise<{ app: Authenticator; recoveryCodes: string[] }> {
  const shown = await page.waitForSelector('code.key', { timeout: 15_000 })
  const app = authenticatorOf((await shown?.evaluate((key) => key.textContent)) ?? '')
  await page.type('input[name=code]', app.code())
  await Promise.all([page.waitForNavigation(), page.click('.set-up form button[type=submit]')])
  const recoveryCodes = await page.$$eval('.codes code', (codes) => codes.map((code) => code.textContent ?? ''))
  return { app, recoveryCodes }
}

/** The link below the recovery codes. */
export async function goOn(page: Page): Promise<void> {
  await page.click('a.primary')
}
