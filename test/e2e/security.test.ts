import puppeteer, { type Browser, type CDPSession, type Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authenticator, goOn, setUpApp } from '../support/authenticator.ts'
import { provideBrowser } from '../support/browser.ts'
import { type Here, startHere } from '../support/gateway-here.ts'
import { look } from '../support/look.ts'

const admin = { email: 'root@contoso.example', password: 'Copper-Meadow-72' }

let here: Here
let browser: Browser
let page: Page
let cdp: CDPSession
let authenticator: string
let app: Authenticator
let recoveryCodes: string[]

beforeAll(async () => {
  here = await startHere({ secondFactor: 'admins' })
  await here.createAdmin()
  browser = await puppeteer.launch({
    executablePath: provideBrowser(() => {}),
    headless: true,
    pipe: true,
    args: ['--no-sandbox', '--disable-gpu', '--lang=en-US'],
  })
  page = await browser.newPage()
  cdp = await page.createCDPSession()
  await cdp.send('WebAuthn.enable')
  const made = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  authenticator = made.authenticatorId
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await here?.close()
})

const go = (path: string) => page.goto(here.gateway.url + path)
const heading = () => page.$eval('h1', (title) => title.textContent)
const path = () => new URL(page.url()).pathname
const send = (selector: string) => Promise.all([page.waitForNavigation(), page.click(selector)])

async function enterPassword(): Promise<void> {
  await go('/portal/login')
  await page.type('input[name=email]', admin.email)
  await page.type('input[name=password]', admin.password)
  await send('form[action="/portal/login"] button[type=submit]')
}

async function enterCode(code: string): Promise<void> {
  await page.type('input[name=code]', code)
  await send('main form:has(input[name=code]) button[type=submit]')
}

const signOut = () => send('form[action="/portal/logout"] button')

/** As if ten minutes had gone by since the person proved to be the one. */
async function letConfirmationsEnd(): Promise<void> {
  const { store } = here.context
  await store.change({ kind: 'system', id: null, name: 'test' }, async (change) => {
    change.quiet('time goes by')
    await change.trx
      .updateTable('sessions')
      .set({ confirmed_at: change.now - 600_000 })
      .execute()
  })
}

describe.sequential('second factors in a browser', () => {
  test('an administrator sets an app up at the first sign-in, and keeps recovery codes', async () => {
    await enterPassword()
    expect(await heading()).toBe('Protect your account')
    expect(await look(page, 'security/set-up')).toEqual([])
    ;({ app, recoveryCodes } = await setUpApp(page))
    expect(recoveryCodes).toHaveLength(10)
    expect(await look(page, 'security/recovery-codes')).toEqual([])
    await Promise.all([page.waitForNavigation(), goOn(page)])
    expect(path()).toBe('/portal')
  })

  test('adds a passkey, and sees both and the session', async () => {
    await go('/portal/security/passkey')
    expect(await look(page, 'security/passkey-add')).toEqual([])
    await page.type('input[name=name]', 'My laptop')
    await send('form[data-passkey] button[type=submit]')
    expect(await page.$$eval('.things strong', (names) => names.map((name) => name.textContent))).toEqual([
      'Authenticator app',
      'My laptop',
      'Chrome on Linux',
    ])
    await page.click('.things summary')
    expect(await look(page, 'security/overview')).toEqual([])
    await signOut()
  })

  test('signs in with the passkey alone, and the page says so', async () => {
    await go('/portal/login')
    expect(await look(page, 'security/sign-in')).toEqual([])
    await send('form[action="/portal/login/passkey"] button')
    expect(await look(page, 'security/passkey-sign-in')).toEqual([])
    await send('form[data-passkey] button[type=submit]')
    expect(path()).toBe('/portal')
    await signOut()
  })

  test('uses the passkey after the password', async () => {
    await enterPassword()
    expect(await heading()).toBe('One more step')
    expect(await look(page, 'security/code')).toEqual([])
    await send('form[data-passkey] button[type=submit]')
    expect(path()).toBe('/portal')
    await signOut()
  })

  test('a passkey without its holder signs nobody in', async () => {
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: false })
    await go('/portal/login')
    await send('form[action="/portal/login/passkey"] button')
    await page.click('form[data-passkey] button[type=submit]')
    await page.waitForFunction(() => document.querySelector('form[data-passkey] [role=alert]')?.textContent !== '')
    expect(path()).toBe('/portal/login/passkey')
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: true })
  })

  test('without scripts: password, recovery code, a second of them is refused, everything is there', async () => {
    await page.setJavaScriptEnabled(false)
    await enterPassword()
    expect(await page.$('form[data-passkey]:not([hidden])')).toBeNull()
    await enterCode('000000')
    expect(await page.$eval('#code-error', (error) => error.textContent)).toContain('The code is wrong')
    await enterCode(recoveryCodes[0] ?? '')
    expect(path()).toBe('/portal')
    await go('/portal/security')
    expect(await page.$eval('form[action$="recovery-codes"] span', (left) => left.textContent)).toBe('9 of 10 are left')
  })

  test('is asked again before a factor is removed, once five minutes are over', async () => {
    await letConfirmationsEnd()
    const remove = async () => {
      const forms = await page.$$('form[action$="/remove"]')
      const last = forms.at(-1)
      await Promise.all([page.waitForNavigation(), last?.evaluate((form) => (form as HTMLFormElement).requestSubmit())])
    }
    await page.setJavaScriptEnabled(true)
    await go('/portal/security')
    await remove()
    expect(path()).toBe('/portal/confirm')
    expect(await look(page, 'security/confirm')).toEqual([])
    await enterCode(app.code(Date.now() + 30_000))
    expect(path()).toBe('/portal/security')
    await remove()
    expect(await page.$eval('[role=status]', (status) => status.textContent)).toContain('Removed.')
    expect(await page.$('.things form[action$="/remove"]')).toBeNull()
  })
})
