import { system } from '@lockstep/gateway/domain/actor'
import type { User } from '@lockstep/shared/contract/user'
import type { Browser, CDPSession, Page } from 'puppeteer'
import puppeteer from 'puppeteer'
import { type PracticeTenant, startPracticeTenant } from '../practice-tenant/start.ts'
import { type Authenticator, authenticatorOf, keyIn } from './authenticator.ts'
import { provideBrowser } from './browser.ts'
import { type Here, startHere } from './gateway-here.ts'
import { type LoneGateway, startLoneGateway } from './lone-gateway.ts'
import { type Mailbox, startMailbox } from './mailbox.ts'
import { type Visitor, visitor } from './visitor.ts'
import { until } from './world.ts'

export const password = 'Sunny-Harbour-Lamp-3'
export const admin = { email: 'root@contoso.example', password: 'Copper-Meadow-72' }

/** Somebody at the portal, signed in with a browser that sends requests alone. */
export type Someone = { id: string; email: string; browser: Visitor }

/** Everything that pages of the portal are reached with: a gateway, two connections, a mailbox, and a real browser. */
export type Stage = {
  here: Here
  connections: { main: string; second: string }
  /** What is made but once, by name. */
  once<T>(name: string, make: () => Promise<T>): Promise<T>
  someone(more?: Record<string, unknown>): Promise<Someone>
  /** Somebody whose account has got the password, and who has read that. */
  bound(): Promise<Someone>
  /** The same, at a connection that is paused by now. */
  boundWherePaused(): Promise<Someone>
  bind(connection: string, user: { id: string }): Promise<void>
  /** Waits for what home says of somebody. */
  standing(someone: Someone, state: string, action?: string | null): Promise<void>
  /** Has an app set up; its code of the moment is still good. */
  withApp(someone: Someone): Promise<{ app: Authenticator }>
  /** The link in the newest mail to somebody. */
  mailedLink(user: Pick<User, 'email'>): Promise<string>
  resumeSecond(): Promise<void>
  /** The password of somebody was chosen so many days ago, and this came of it. */
  aged(someone: Someone, days: number, outcome?: 'told' | 'blocked'): Promise<void>
  /** What others do at the tenant of the main connection. */
  atMicrosoft(path: string, body: Record<string, unknown>): Promise<void>
  /** Has a cycle run at the main connection, and waits for its end. */
  cycle(): Promise<void>
  /** Another gateway that people may find, which ends with the stage. */
  lone(options?: { sealed?: true }): Promise<LoneGateway>
  /** Runs with a store that lacks a table. */
  broken(work: () => Promise<void>): Promise<void>
  /** Forgets who guessed how often: all come from one address. */
  forgiveGuesses(): Promise<void>
  openPage(given: { scripts: boolean; language: string }): Promise<Visit>
  close(): Promise<void>
}

/** A tab of the real browser at the portal. */
export type Visit = {
  page: Page
  scripts: boolean
  /** In front of the others, as a browser that nobody used before. */
  begin(): Promise<void>
  /** Signed in as somebody. */
  as(someone: Someone): Promise<void>
  /** From now on the browser has an authenticator, whose owner says yes. */
  holdPasskeys(): Promise<void>
  go(path: string): Promise<void>
  /** Fills in fields by their names and sends their form. */
  send(fields: Record<string, string>): Promise<void>
  press(selector: string): Promise<void>
}

export async function startStage(): Promise<Stage> {
  const mailbox = await startMailbox()
  const here = await startHere({
    users: 0,
    secondFactor: 'admins',
    settings: {
      organisation: 'Contoso',
      supportContact: 'help@contoso.example',
      passwords: { expiry: { afterDays: 90, graceDays: 14, block: true } },
    },
    env: { LOCKSTEP_SMTP_URL: mailbox.smtpUrl },
  })
  const tenants = [
    here.tenant,
    await startPracticeTenant({ users: 0, seed: 2, domain: 'fabrikam.example', quota: 'off' }),
  ]
  const browser = await puppeteer.launch({
    executablePath: provideBrowser(() => {}),
    headless: true,
    pipe: true,
    args: ['--no-sandbox', '--disable-gpu', '--lang=en-US'],
  })
  await here.createAdmin()
  const [main = '', second = ''] = [
    await connect(here, 'Contoso', tenants[0] as PracticeTenant),
    await connect(here, 'Fabrikam', tenants[1] as PracticeTenant),
  ]
  const lone: LoneGateway[] = []
  const made = new Map<string, Promise<unknown>>()
  return {
    here,
    connections: { main, second },
    once<T>(name: string, make: () => Promise<T>) {
      const found = made.get(name) ?? make()
      made.set(name, found)
      return found as Promise<T>
    },
    ...peopleOf(here, mailbox, { main, second }),
    async atMicrosoft(path, body) {
      const answer = await fetch(here.tenant.control + path, { method: 'POST', body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(`The practice tenant refused ${path}: ${await answer.text()}`)
    },
    async cycle() {
      const { job } = await here.client.call('POST /connections/{id}/sync', { params: { id: main } })
      await until('the cycle', async () => {
        const { state } = await here.client.call('GET /jobs/{id}', { params: { id: job.id } })
        return state === 'done'
      })
    },
    async lone(options) {
      const gateway = await startLoneGateway(options)
      lone.push(gateway)
      return gateway
    },
    async broken(work) {
      const rename = (from: string, to: string) =>
        here.context.store.change(system, async (change) => {
          change.quiet('a store that was damaged')
          await change.trx.schema.alterTable(from).renameTo(to).execute()
        })
      await rename('throttles', 'throttles_gone')
      await work()
      await rename('throttles_gone', 'throttles')
    },
    aged: ({ id }, days, outcome) =>
      here.context.store.change(system, async (change) => {
        change.quiet('time')
        const looked = { expiry_looked_at: change.now, expiry_told_at: outcome === undefined ? null : change.now }
        await change.trx
          .updateTable('user_credentials')
          .set({ changed_at: change.now - days * 86_400_000, ...looked })
          .where('user_id', '=', id)
          .execute()
        if (outcome === 'blocked')
          await change.trx.updateTable('users').set({ expiry_blocked_at: change.now }).where('id', '=', id).execute()
      }),
    forgiveGuesses: here.forgiveGuesses,
    openPage: (given) => openPage(browser, here.gateway.url, given),
    async close() {
      await browser.close()
      for (const gateway of lone) await gateway.close()
      await here.close()
      await tenants[1]?.close()
      await mailbox.close()
    },
  }
}

async function connect(here: Here, name: string, tenant: PracticeTenant): Promise<string> {
  const { tenantId, clientId, clientSecret, graph, login } = tenant
  const settings = { mode: 'apply' as const, brake: { minimum: 25, share: 0.1, absolute: 25 } }
  const body = { name, tenantId, clientId, clientSecret, cloud: { graph, login }, settings }
  return (await here.client.call('POST /connections', { body })).id
}

type People = Pick<
  Stage,
  'someone' | 'bound' | 'boundWherePaused' | 'resumeSecond' | 'bind' | 'standing' | 'withApp' | 'mailedLink'
>

function peopleOf(here: Here, mailbox: Mailbox, connections: Stage['connections']): People {
  let count = 0
  const create = (more: Record<string, unknown> = {}) => {
    count += 1
    const email = `anneliese.obermayr${count}@contoso.example`
    const body = { email, displayName: 'Ana Obermayr', initialPassword: password, sendMail: false, ...more }
    return here.client.call('POST /users', { body })
  }
  const signedIn = async ({ id, email }: User): Promise<Someone> => {
    const browser = visitor(here.gateway.localUrl)
    await browser.post('/portal/login', { email, password })
    return { id, email, browser }
  }
  const boundAt = async (connection: string, user: User): Promise<Someone> => {
    await people.bind(connection, user)
    const someone = await signedIn(user)
    await people.standing(someone, 'in_sync')
    await someone.browser.post('/portal/seen', {})
    return someone
  }
  const people: People = {
    someone: async (more) => await signedIn(await create(more)),
    async bind(connection, user) {
      const params = { id: connection, userId: user.id }
      await here.client.call('PUT /connections/{id}/bindings/{userId}', { params, body: {} })
    },
    bound: async () => await boundAt(connections.main, await create()),
    async resumeSecond() {
      await here.client.call('POST /connections/{id}/resume', { params: { id: connections.second } })
    },
    async boundWherePaused() {
      const { second: id } = connections
      await people.resumeSecond()
      count += 1
      const someone = await boundAt(id, await create({ email: `anneliese.obermayr${count}@fabrikam.example` }))
      await here.client.call('POST /connections/{id}/pause', { params: { id } })
      return someone
    },
    async standing({ browser }, state, action) {
      await until(`the state ${state}`, async () => {
        const { body } = await browser.call('GET', '/me/status')
        const told = body as { state: string; action: string | null }
        return told.state === state && (action === undefined || told.action === action)
      })
    },
    async withApp({ browser }) {
      const path = '/portal/security/app'
      const app = authenticatorOf(keyIn((await browser.get(path)).text))
      // Each code is good once, so that the present one is left for later.
      await browser.post(path, { code: app.code(Date.now() - 30_000), name: '' })
      return { app }
    },
    async mailedLink({ email }) {
      return await until(`the mail to ${email}`, async () => {
        const mails = mailbox.messages.filter(({ to }) => to.includes(email))
        return /https?:\/\/[^/\s]+(\/portal\/\w+\/[\w-]{43})/.exec(mails.at(-1)?.text ?? '')?.[1]
      })
    },
  }
  return people
}

async function openPage(
  browser: Browser,
  url: string,
  { scripts, language }: { scripts: boolean; language: string },
): Promise<Visit> {
  const page = await browser.newPage()
  await page.setJavaScriptEnabled(scripts)
  await page.setExtraHTTPHeaders({ 'accept-language': language })
  const cdp: CDPSession = await page.createCDPSession()
  const press = async (selector: string) => {
    await Promise.all([page.waitForNavigation(), page.click(selector)])
  }
  return {
    page,
    scripts,
    press,
    async begin() {
      // What lies behind draws nothing, and takes no clicks.
      await page.bringToFront()
      await cdp.send('Network.clearBrowserCookies')
    },
    async as({ browser: { cookies } }) {
      for (const [name, value] of cookies) {
        if (name.endsWith('-language')) continue
        await cdp.send('Network.setCookie', { url, name, value, path: '/', secure: true, httpOnly: true })
      }
    },
    async holdPasskeys() {
      await cdp.send('WebAuthn.enable')
      const answers = { hasResidentKey: true, hasUserVerification: true, isUserVerified: true }
      const options = {
        protocol: 'ctap2',
        transport: 'internal',
        ...answers,
        automaticPresenceSimulation: true,
      } as const
      await cdp.send('WebAuthn.addVirtualAuthenticator', { options })
    },
    async go(path) {
      await page.goto(new URL(path, url).href)
    },
    async send(fields) {
      for (const [name, value] of Object.entries(fields))
        await page.$eval(`main input[name=${name}]`, (input, text) => (input.value = text), value)
      const [first = ''] = Object.keys(fields)
      await press(`main form:has(input[name=${first}]) button[type=submit]`)
    },
  }
}
