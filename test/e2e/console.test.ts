import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Group } from '@lockstep/shared/contract/group'
import type { User } from '@lockstep/shared/contract/user'
import puppeteer, { type Browser, type Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setUpApp } from '../support/authenticator.ts'
import { provideBrowser } from '../support/browser.ts'
import { root } from '../support/root.ts'
import { cli, connect, importAll, runCycle, startWorld, until, type World } from '../support/world.ts'

const admin = { email: 'admin@contoso.onmicrosoft.com', password: 'Calm-Lighthouse-Garden-42' }
const artifacts = join(root, 'test/artifacts')
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

let world: World
let connection: string
let browser: Browser
let page: Page
let people: User[]
let sales: Group
let theirs: { id: string }
const call = () => world.gateway.client
const at = (place: number) => people[place] as User

beforeAll(async () => {
  world = await startWorld({ users: 12, built: true })
  connection = await connect(world)
  await importAll(world, connection)
  people = (await call().call('GET /users', { query: { limit: 100, binding: 'bound' } })).items
  await until('everybody in sync', async () => (await counts()).inSync === people.length)
  await prepare()
  const { dataFolder } = world.gateway
  const asAdmin = ['admin', 'create', '--email', admin.email, '--password-stdin', '--data', dataFolder]
  expect(await cli(asAdmin, {}, true, `${admin.password}\n`)).toMatchObject({ code: 0 })
  browser = await puppeteer.launch({
    executablePath: provideBrowser(() => {}),
    headless: true,
    pipe: true,
    args: ['--no-sandbox', '--disable-gpu', '--lang=en-US'],
  })
  page = await browser.newPage()
  await mkdir(artifacts, { recursive: true })
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await world?.close()
})

const counts = async () => (await call().call('GET /connections/{id}', { params: { id: connection } })).counts

const cycle = () => runCycle(world, connection)

/** What others did at Microsoft, and what was written there, for a person to deal with. */
async function prepare(): Promise<void> {
  const outside = (place: number, body: Record<string, unknown>) =>
    world.tenant.act({ act: 'patch', user: at(place).bindings[0]?.accountId, body })
  await outside(0, { jobTitle: 'Set by somebody else', city: 'Linz' })
  await outside(1, { department: 'Elsewhere' })
  await call().call('PATCH /users/{id}', { params: { id: at(2).id }, body: { attributes: { jobTitle: 'Written' } } })
  await until('what was written', async () => (await world.tenant.account(at(2).email))['jobTitle'] === 'Written')
  await world.tenant.act({ act: 'delete', user: at(3).bindings[0]?.accountId })
  const group = (displayName: string, kind: Record<string, unknown>) =>
    world.tenant.act({
      act: 'create_group',
      body: { displayName, mailNickname: displayName.replaceAll(' ', '-').toLowerCase(), ...kind },
    })
  theirs = (await group('Sales', { mailEnabled: false, securityEnabled: true })) as { id: string }
  await group('Sales newsletter', { mailEnabled: true, securityEnabled: false })
  const byRule = { groupTypes: ['DynamicMembership'], membershipRule: 'user.city -eq "Graz"' }
  await group('Sales in Graz', { mailEnabled: false, securityEnabled: true, ...byRule })
  sales = await call().call('POST /groups', { body: { displayName: 'Sales', description: 'Everybody who sells' } })
  for (const user of people.slice(4, 7))
    await call().call('PUT /groups/{id}/members/{userId}', { params: { id: sales.id, userId: user.id } })
  const account = (name: string, more = {}) =>
    world.tenant.act({
      act: 'create',
      body: {
        accountEnabled: true,
        displayName: 'Kim Lang',
        jobTitle: 'Buyer',
        mailNickname: name,
        userPrincipalName: `${name}@contoso.example`,
        passwordProfile: { password: 'Sunny-Harbour-Lamp-3' },
        ...more,
      },
    })
  await account('kim.lang', { mail: 'kim@contoso.example' })
  await account('kim')
  const email = 'kim@contoso.example'
  await call().call('POST /users', { body: { email, displayName: 'Kim Lang', sendMail: false } })
  await cycle()
  await until('the differences', async () => (await counts()).drifted === 2)
}

async function membersThere(): Promise<number> {
  const { groups } = (await world.tenant.call('GET', '/state')) as { groups: { id: string; members: string[] }[] }
  return groups.find(({ id }) => id === theirs.id)?.members.length ?? 0
}

async function open(path: string, selector: string): Promise<void> {
  await page.goto(world.gateway.url + path)
  await page.waitForSelector(selector)
}

async function click(selector: string, then?: string): Promise<void> {
  await (await page.waitForSelector(selector, { visible: true }))?.click()
  if (then !== undefined) await page.waitForSelector(then, { visible: true })
}

type Finding = { id: string; nodes: { html: string }[] }

/** Looks at a page as people see it, light, dark and narrow: axe finds nothing, and nothing is out of reach. */
async function look(name: string): Promise<void> {
  const see = async (scheme: 'light' | 'dark', width: number) => {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    await page.setViewport({ width, height: 800 })
    await page.screenshot({ path: join(artifacts, `console-${name}-${scheme}-${width}.png`), fullPage: true })
  }
  await see('light', 320)
  expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name}, narrow`).toBe(320)
  await see('light', 1280)
  expect(await findings(), `${name}, light`).toEqual([])
  await see('dark', 1280)
  expect(await findings(['color-contrast']), `${name}, dark`).toEqual([])
  await page.emulateMediaFeatures([])
}

/** What axe finds; evaluated rather than added to the page, which lets no foreign script in. */
async function findings(rules?: string[]): Promise<string[]> {
  await page.evaluate(await readFile(axe, 'utf8'))
  const options = rules === undefined ? {} : { runOnly: rules }
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as { violations: Finding[] }
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

describe.sequential('an administrator in the console', () => {
  test('signs in and finds the connection with what needs a decision', async () => {
    await page.goto(`${world.gateway.url}/portal/login?to=admin`)
    await page.type('input[name=email]', admin.email)
    await page.type('input[name=password]', admin.password)
    await Promise.all([page.waitForNavigation(), page.click('main form button[type=submit]')])
    await setUpApp(page)
    await open(`/admin/connections/${connection}`, '[data-part=drift] .count')
    expect(await page.$eval('[data-part=drift] .count', (count) => count.textContent)).toBe('2')
  })

  test('is told when there is no such connection', async () => {
    await open('/admin/connections/nothing/drift', '[role=alert]')
    expect(await page.$eval('[role=alert]', (alert) => alert.textContent)).toContain('No such connection')
    await open(`/admin/connections/${connection}`, '[data-part=drift]')
  })

  test('adopts what somebody changed at Microsoft, once it is said what that does', async () => {
    await click('[data-part=drift]', '.card')
    await look('drift')
    const title = `[data-user="${at(0).id}"] [data-attribute=jobTitle]`
    await click(`${title} [data-action=adopt]`, '[data-action=confirm]')
    await look('drift-adopt')
    expect(await page.$eval('.what li', (sentence) => sentence.textContent)).toContain('becomes “Set by somebody else”')
    await click('[data-action=confirm]')
    await page.waitForFunction((selector) => document.querySelector(selector) === null, {}, title)
    const adopted = await call().call('GET /users/{id}', { params: { id: at(0).id } })
    expect(adopted.attributes['jobTitle']).toBe('Set by somebody else')
  })

  test('repairs the rest of somebody by the keyboard alone', async () => {
    const { department } = (await call().call('GET /users/{id}', { params: { id: at(1).id } })).attributes
    await page.focus(`[data-user="${at(1).id}"] [data-action=repair]`)
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-action=confirm]')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await until('the repair', async () => (await world.tenant.account(at(1).email))['department'] === department)
  })

  test('ends the Microsoft password from before the binding, once it is said what that does', async () => {
    await open(`/admin/users/${at(8).id}`, '[data-action=end-old-password]')
    await click('[data-action=end-old-password]', '[data-action=confirm]')
    await look('old-password')
    await click('[data-action=confirm]')
    await page.waitForFunction(() => !document.body.textContent?.includes('The old Microsoft password'))
  })

  test('shows somebody at the desk a QR code, and hides it again', async () => {
    const body = { email: 'desk@contoso.onmicrosoft.com', displayName: 'Dora Desk', sendMail: false }
    const { id } = await call().call('POST /users', { body })
    await open(`/admin/users/${id}`, '[data-action=desk_link]')
    await click('[data-action=desk_link]', '.desk-link svg')
    await look('desk-link')
    await click('[data-action=hide_desk_link]', '[data-action=desk_link]')
    const shown = await call().call('GET /events', { query: { user: id, type: 'password_link_show' } })
    expect(shown.items).toMatchObject([{ cause: 'activation', actor: { name: expect.any(String) } }])
  })

  test('sees what undoing would do to a person, and undoes it', async () => {
    await open(`/admin/users/${at(2).id}`, '.card')
    await look('person')
    await click('a[href*="/undo/user/"]', '[data-action=undo]')
    await click('[data-action=undo]', '[data-action=confirm]')
    await look('undo-plan')
    expect(await page.$eval('.plan .changes', (changes) => changes.textContent)).toContain('Written')
    await click('[data-action=confirm]', '[data-job=done]')
    await page.waitForSelector('.empty')
    expect((await world.tenant.account(at(2).email))['jobTitle']).not.toBe('Written')
    await open(`/admin/connections/${connection}/undo`, 'table')
    await look('undo')
  })

  test('binds a group to one of the tenant; what cannot be managed says why', async () => {
    await open('/admin/groups', 'table')
    await look('groups')
    await click(`a[href="/admin/groups/${sales.id}"]`, '.card [data-action=bind]')
    await click('[data-action=bind]', `[data-remote="${theirs.id}"]`)
    await look('group-bind')
    expect(await page.$$eval('.refused input', (inputs) => inputs.length)).toBeGreaterThan(1)
    await click(`[data-remote="${theirs.id}"] input`)
    await click('[data-action=confirm]', '.badge.in-sync')
    await until('the members there', async () => (await membersThere()) === 3)
    await look('group-bound')
    await open(`/admin/connections/${connection}/groups`, 'table')
    await look('remote-groups')
  })

  test('links an account in conflict to the person here', async () => {
    await open(`/admin/connections/${connection}`, 'select')
    await page.select('select', 'conflict')
    await page.waitForSelector('.compare')
    const kim = await world.tenant.account('kim@contoso.example')
    await click(`[data-account="${kim['id']}"] [data-decision=link]`)
    await look('conflict')
    await click('[data-action=carry-out]', '[data-job=done]')
    const { items } = await call().call('GET /connections/{id}/accounts', {
      params: { id: connection },
      query: { search: 'kim@contoso.example', status: 'imported' },
    })
    expect(items).toMatchObject([{ id: kim['id'], user: { email: 'kim@contoso.example' } }])
  })

  test('restores an account that was deleted at Microsoft, told until when that can be done', async () => {
    await open(`/admin/users/${at(3).id}`, '.notice')
    expect(await page.$eval('.notice', (notice) => notice.textContent)).toContain('until then it can be restored')
    await look('missing')
    await click('.card .primary', '.what li')
    await click('.what .primary')
    await until('the account', async () => (await world.tenant.account(at(3).email))['deletedAt'] === null)
  })

  test('looks at a plan that waits for approval and releases exactly that', async () => {
    const emptied = people.slice(4).filter(({ attributes }) => attributes['city'])
    // Paused meanwhile, so that all of it meets the brake at once.
    await call().call('POST /connections/{id}/pause', { params: { id: connection } })
    for (const { id } of emptied)
      await call().call('PATCH /users/{id}', { params: { id }, body: { attributes: { city: null } } })
    for (const user of people.slice(4, 7))
      await call().call('DELETE /groups/{id}/members/{userId}', { params: { id: sales.id, userId: user.id } })
    await call().call('POST /connections/{id}/resume', { params: { id: connection } })
    const held = emptied.length + 3
    await until('the brake', async () => {
      const { brake } = await call().call('GET /connections/{id}', { params: { id: connection } })
      return brake?.operations === held
    })
    await open(`/admin/connections/${connection}/plan`, '[data-action=approve]')
    await click('[data-action=approve]', '.typed input')
    expect(await page.$eval('[data-action=confirm]', (button) => button.hasAttribute('disabled'))).toBe(true)
    await page.type('.typed input', String(held))
    await look('plan')
    await click('[data-action=confirm]')
    await until('the plan applied', async () => {
      const accounts = await Promise.all(emptied.map(({ email }) => world.tenant.account(email)))
      return accounts.every((account) => account['city'] === null) && (await membersThere()) === 0
    })
    await page.reload()
    await page.waitForSelector('.empty')
  })
})
