import { system } from '@lockstep/gateway/domain/actor'
import { openInstance } from '@lockstep/gateway/instance'
import { systemRuntime } from '@lockstep/gateway/system-runtime'
import type { User } from '@lockstep/shared/contract/user'
import type { Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { goOn, setUpApp } from '../support/authenticator.ts'
import { type Chromium, openChromium } from '../support/chromium.ts'
import { type FakeMicrosoft, startFakeMicrosoft } from '../support/microsoft.ts'
import { cli, connect, importAll, startWorld, until, type World } from '../support/world.ts'

const passwordPage = 'https://mysignins.microsoft.com/security-info/password/change?tileType=ChangePassword'
const admin = { email: 'admin@contoso.onmicrosoft.com', password: 'Calm-Lighthouse-Garden-42' }
const first = 'Sunny-Harbour-Lamp-3'
const second = 'Green-Window-Chair-8'

let world: World
let microsoft: FakeMicrosoft
let chromium: Chromium
let ana: User
let accountId: string

beforeAll(async () => {
  world = await startWorld({ built: true, settings: { passwords: { expiry: { afterDays: 90, block: true } } } })
  const connection = await connect(world)
  await importAll(world, connection)
  const { client, dataFolder } = world.gateway
  const { items } = await client.call('GET /users', { query: { state: 'staged', limit: 1 } })
  ana = items[0] as User
  accountId = ana.bindings[0]?.accountId ?? ''
  await client.call('POST /users/{id}/activate', { params: { id: ana.id }, body: { sendMail: false } })
  await client.call('PUT /users/{id}/password', { params: { id: ana.id }, body: { password: first } })
  const made = await cli(
    ['admin', 'create', '--email', admin.email, '--password-stdin', '--data', dataFolder],
    {},
    true,
    `${admin.password}\n`,
  )
  expect(made).toMatchObject({ code: 0 })
  microsoft = await startFakeMicrosoft()
  chromium = await openChromium({ microsoftPort: microsoft.port })
}, 180_000)

afterAll(async () => {
  await chromium?.close()
  await microsoft?.close()
  await world?.close()
})

/** Makes Ana's password so many days old, with what has come of it. */
async function makeOld({ days, told, blocked }: { days: number; told: boolean; blocked: boolean }): Promise<void> {
  const { store, close } = await openInstance(world.gateway.dataFolder, {}, systemRuntime)
  await store.change(system, async ({ trx, now, quiet }) => {
    quiet('time')
    await trx
      .updateTable('user_credentials')
      .set({ changed_at: now - days * 86_400_000, expiry_looked_at: now, expiry_told_at: told ? now : null })
      .where('user_id', '=', ana.id)
      .execute()
    await trx
      .updateTable('users')
      .set({ expiry_blocked_at: blocked ? now : null })
      .where('id', '=', ana.id)
      .execute()
  })
  await close()
}

const visitsTo = (host: string, path: string) =>
  microsoft.requests.filter((each) => each.host === host && each.path.startsWith(path)).length

async function type(page: Page, selector: string, value: string): Promise<void> {
  const input = await page.waitForSelector(selector, { timeout: 10_000 })
  await input?.click({ count: 3 })
  await input?.type(value)
}

async function fill(page: Page, values: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(values))
    await type(page, `main input[name="${name}"]:not([hidden])`, value)
}

const submit = async (page: Page) => {
  await Promise.all([page.waitForNavigation(), page.click('main form button[type=submit]')])
}

/** Signs in through the window that the browser opens for it, for the first time. */
async function signInWindow(person: { email: string; password: string }): Promise<void> {
  const target = await chromium.browser.waitForTarget((each) => each.url().includes('/oauth/'), { timeout: 15_000 })
  const page = await target.asPage()
  await fill(page, person)
  await Promise.all([page.waitForNavigation(), page.click('main form button[type=submit]')])
  await setUpApp(page)
  await goOn(page)
}

describe.sequential('from the password page of Microsoft to a password that works there', () => {
  let page: Page
  let panel: Page

  test('the extension is told where the gateway is, and finds it', async () => {
    const options = await chromium.extensionPage('options.html')
    await type(options, '[data-key=gatewayUrl] input', world.gateway.url)
    await type(options, '[data-key=organisation] input', 'Contoso')
    await options.click('[data-action=save]')
    await options.waitForFunction(() => document.querySelector('[data-action=test]:not([disabled])') !== null)
    await options.click('[data-action=test]')
    await options.waitForFunction(() => document.querySelector('[role=status]')?.textContent !== '')
    await chromium.screenshot(options, '1-options')
    await until('the network rules', async () => {
      const rules = (await chromium.worker.evaluate('chrome.declarativeNetRequest.getDynamicRules()')) as unknown[]
      return rules.length > 0
    })
    await options.close()
  })

  test("Microsoft's password page leads to the portal, and no request reaches it", async () => {
    page = await chromium.browser.newPage()
    await page.goto(passwordPage)
    expect(page.url()).toMatch(new RegExp(`^${world.gateway.url}/portal/password\\?reason=change`))
    expect(page.url()).not.toContain('tileType')
    expect(visitsTo('mysignins.microsoft.com', '/security-info/password')).toBe(0)
    await chromium.screenshot(page, '2-portal-sign-in')
  })

  test('a route inside the page, a reload and going back lead there too', async () => {
    const other = await chromium.browser.newPage()
    await other.goto('https://mysignins.microsoft.com/security-info')
    await Promise.all([other.waitForNavigation(), other.click('#change')])
    await until('the portal', async () => other.url().startsWith(`${world.gateway.url}/portal/password`))
    await other.goto('https://account.activedirectory.windowsazure.com/changepassword.ASPX')
    expect(other.url()).toMatch(/\/portal\/password\?reason=change/)
    expect(visitsTo('mysignins.microsoft.com', '/security-info/password')).toBe(0)
    await other.close()
  })

  test('the person signs in and changes the password', async () => {
    await fill(page, { email: ana.email, password: first })
    await submit(page)
    await fill(page, { currentPassword: first, newPassword: second })
    await chromium.screenshot(page, '3-portal-change-password')
    await submit(page)
    await chromium.screenshot(page, '4-portal-done')
    expect(page.url()).toBe(`${world.gateway.url}/portal/password/done`)
  })

  test('the tenant takes the new password and refuses the old one', async () => {
    expect(await world.tenant.signIn(ana.email, second)).toMatchObject({ ok: true })
    expect(await world.tenant.signIn(ana.email, first)).toMatchObject({ ok: false })
  })

  test('the popup says in sync, without asking for the password again', async () => {
    const tab = await chromium.extensionPage('popup.html')
    await tab.waitForSelector('[data-action=sign_in]')
    await tab.click('[data-action=sign_in]')
    await tab.waitForSelector('[data-state=in_sync]', { timeout: 20_000 })
    await tab.close()
    await page.bringToFront()
    const popup = await chromium.popup()
    await popup.waitForSelector('[data-state=in_sync]')
    await popup.waitForSelector('[data-action=news_seen]')
    await chromium.screenshot(popup, '5-popup')
    await popup.click('[data-action=news_seen]')
    await popup.waitForFunction(() => document.querySelector('[data-action=news_seen]') === null)
    await popup.close()
  })

  test.each([
    { days: 80, state: 'ends', words: 'Your password is good until', told: false, blocked: false },
    { days: 95, state: 'ended', words: 'Your password has expired', told: true, blocked: false },
    { days: 120, state: 'blocked', words: 'Microsoft 365 is closed to you', told: true, blocked: true },
    { days: 0, state: 'in-sync', words: 'In sync', told: false, blocked: false },
  ])('the popup says of a password of $days days: $words', async ({ state, words, ...age }) => {
    await makeOld(age)
    await page.bringToFront()
    const popup = await chromium.popup()
    await popup.waitForFunction((text) => document.body.textContent?.includes(text), {}, words)
    await chromium.screenshot(popup, `5-popup-${state}`)
    expect(await popup.$eval('.ls-primary', (button) => (button as HTMLElement).dataset['action'])).toBe(
      'change_password',
    )
    await popup.close()
  })

  test('signing out of the extension leaves nothing of the person in it', async () => {
    await page.bringToFront()
    const popup = await chromium.popup()
    await popup.waitForSelector('[data-state=in_sync]')
    await popup.click('[data-action=sign_out]')
    await popup.waitForSelector('[data-action=sign_in]')
    await popup.close()
    await page.goto(`${world.gateway.url}/portal`)
    await Promise.all([page.waitForNavigation(), page.click('form[action="/portal/logout"] button')])
  })

  test('an admin signs in and the side panel shows the person of the page', async () => {
    const tab = await chromium.extensionPage('popup.html')
    await tab.waitForSelector('[data-action=sign_in]')
    await tab.click('[data-action=sign_in]')
    await signInWindow(admin)
    await tab.waitForSelector('[data-action=panel]', { timeout: 20_000 })
    await tab.close()
    await page.goto(
      `https://entra.microsoft.com/#view/Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview/userId/${accountId}/hidePreviewBanner~/true`,
    )
    await page.bringToFront()
    const popup = await chromium.popup()
    await popup.waitForSelector('[data-action=panel]')
    panel = await chromium.sidePanel(() => popup.click('[data-action=panel]'))
    await panel.waitForSelector(`[data-user="${ana.id}"]`)
    await chromium.screenshot(panel, '6-side-panel')
    expect(await panel.$eval('h2', (title) => title.textContent)).toBe(ana.displayName)
  })

  test('unbinding in the panel says what will happen, and the tenant refuses sign-in', async () => {
    await panel.click('[data-action=unbind]')
    await panel.waitForSelector('dialog [data-operation=deprovision]')
    await chromium.screenshot(panel, '7-side-panel-what-will-happen')
    await panel.click('dialog [data-action=confirm]')
    await until('the block', async () => !(await world.tenant.signIn(ana.email, second)).ok)
    expect(await world.tenant.signIn(ana.email, second)).toEqual({ ok: false, reason: 'AADSTS50057' })
    await panel.waitForSelector('[data-action=bind]')
    await chromium.screenshot(panel, '8-side-panel-unbound')
  })

  test('binding again in the panel makes the account work', async () => {
    await panel.click('[data-action=bind]')
    await panel.waitForSelector('dialog [data-action=confirm]:not([disabled])')
    await panel.click('dialog [data-action=confirm]')
    await until('the account works', async () => (await world.tenant.signIn(ana.email, second)).ok)
    await panel.waitForSelector('[data-action=unbind]')
    await chromium.screenshot(panel, '9-side-panel-bound-again')
  })
})
