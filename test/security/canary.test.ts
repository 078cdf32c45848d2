import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { User } from '@lockstep/shared/contract/user'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filesBelow, findSecret } from '../support/leak.ts'
import { type Mailbox, startMailbox } from '../support/mailbox.ts'
import { type Visitor, visit } from '../support/portal-visitor.ts'
import { cli, connect, startWorld, until, type World } from '../support/world.ts'

/*
 * A password that nobody else can have goes every way that a password can go. Afterwards it is looked for wherever the
 * gateway leaves anything.
 */

const mark = randomBytes(10).toString('hex')
const password = (way: string) => `Quiet-${mark}-${way}`
/** Microsoft takes none like it, and it is no other's either. */
const banned = 'Trombone-trombone7'

let world: World
let mailbox: Mailbox
let connection: string
/** What former lives of the gateway have printed. */
const printed: string[] = []
const client = () => world.gateway.client

beforeAll(async () => {
  mailbox = await startMailbox()
  world = await startWorld({ users: 4, quota: 'off', env: { LOCKSTEP_SMTP_URL: mailbox.smtpUrl } })
  connection = await connect(world)
  const settings = { brake: { minimum: 25, share: 0.1, absolute: 25 } }
  await client().call('PATCH /connections/{id}', { params: { id: connection }, body: { settings } })
}, 120_000)
afterAll(async () => {
  await world.close()
  await mailbox.close()
})

const create = (name: string, more: Record<string, unknown> = {}): Promise<User> =>
  client().call('POST /users', { body: { email: `${name}@contoso.example`, sendMail: false, ...more } })
const bind = async (user: User) => {
  const params = { id: connection, userId: user.id }
  await client().call('PUT /connections/{id}/bindings/{userId}', { params, body: { notify: false } })
}
const arrives = (email: string, given: string) =>
  until(`the password of ${email}`, async () => (await world.tenant.signIn(email, given)).ok)
const signIn = async (email: string, given: string): Promise<{ visitor: Visitor; status: number }> => {
  const visitor = visit(world.gateway.url)
  return { visitor, status: (await visitor.post('/portal/login', { email, password: given })).status }
}
const linkOf = (text: string) => /\/portal\/(?:activate|reset)\/[\w-]{43}/.exec(text)?.[0] ?? ''
const fault = (more: Record<string, unknown>) =>
  world.tenant.call('POST', '/faults', { match: { method: 'PATCH', path: '^/users/' }, times: 1, ...more })

async function killAndStartAnew(): Promise<void> {
  await world.gateway.program.kill()
  printed.push(world.gateway.program.output())
  await world.restart()
}

test('ways that succeed: made, signed in with, changed, set by an administrator, chosen by a link', async () => {
  const ana = await create('ana', { initialPassword: password('made') })
  await bind(ana)
  const { visitor, status } = await signIn(ana.email, password('made'))
  expect(status).toBe(303)
  await arrives(ana.email, password('made'))
  const fields = { currentPassword: password('made'), newPassword: password('changed') }
  expect((await visitor.post('/portal/password', fields)).headers.get('location')).toBe('/portal/password/done')
  await arrives(ana.email, password('changed'))
  await client().call('PUT /users/{id}/password', { params: { id: ana.id }, body: { password: password('set') } })
  await arrives(ana.email, password('set'))
  const api = { email: ana.email, password: password('set') }
  expect((await world.gateway.request('POST', '/api/v1/session', JSON.stringify(api))).status).toBe(200)

  const ben = await create('ben', { sendMail: true })
  await bind(ben)
  for (const [ask, way, path] of [
    [async () => undefined, 'activated', '/portal/activate'],
    [() => visit(world.gateway.url).post('/portal/forgot', { email: ben.email }), 'reset', '/portal/reset'],
  ] as const) {
    const before = mailbox.messages.length
    await ask()
    const mail = await until(`the mail for ${path}`, async () =>
      mailbox.messages.slice(way === 'reset' ? before : 0).find(({ text }) => linkOf(text).startsWith(`${path}/`)),
    )
    const reader = visit(world.gateway.url)
    await reader.get(linkOf(mail.text))
    expect((await reader.post(path, { newPassword: password(way) })).status).toBe(303)
    await arrives(ben.email, password(way))
  }
}, 90_000)

test('ways that fail: wrong, too weak, refused by Microsoft, malformed, not answered', async () => {
  const carla = await create('carla', { initialPassword: password('before') })
  await bind(carla)
  expect((await signIn(carla.email, password('wrong'))).status).toBe(401)
  expect((await signIn('nobody@contoso.example', password('nobody'))).status).toBe(401)
  const { visitor } = await signIn(carla.email, password('before'))
  await arrives(carla.email, password('before'))
  const change = (newPassword: string) =>
    visitor.post('/portal/password', { currentPassword: password('before'), newPassword })
  expect((await change(`${password('long')}${'x'.repeat(300)}`)).status).toBe(422)
  expect((await change(`carla-${password('named')}`)).status).toBe(422)
  expect((await change(banned)).status).toBe(422)
  const broken = await world.gateway.request('POST', '/api/v1/session', `{"email":"x","password":"${password('json')}"`)
  expect(broken.status).toBe(400)
  const unknown = { email: 'dora@contoso.example', pasword: password('misspelt') }
  expect((await world.gateway.request('POST', '/api/v1/users', JSON.stringify(unknown))).status).toBe(422)
  const csv = `email,displayName,passwordHash\neve@contoso.example,Eve,${password('csv')}\n`
  await client().call('POST /users/import', { body: csv })
  await fault({ drop: 'before' })
  await client().call('PUT /users/{id}/password', { params: { id: carla.id }, body: { password: password('dropped') } })
  await fault({ status: 503, times: 2 })
  await client().call('PUT /users/{id}/password', { params: { id: carla.id }, body: { password: password('outage') } })
  await arrives(carla.email, password('outage'))
}, 90_000)

test('killed while a password is on its way, and begun again', async () => {
  const dan = await create('dan', { initialPassword: password('first') })
  await bind(dan)
  await arrives(dan.email, password('first'))
  await fault({ hold: 'after' })
  const body = { password: password('killed') }
  const asked = client()
    .call('PUT /users/{id}/password', { params: { id: dan.id }, body })
    .catch(() => undefined)
  const held = async () => ((await world.tenant.call('GET', '/held')) as { held: number }).held === 1
  await until('the answer is held', held)
  await killAndStartAnew()
  await asked
  await world.tenant.call('POST', '/release')
  await arrives(dan.email, password('killed'))
}, 90_000)

test('what it has left anywhere does not hold it, in no encoding', async () => {
  const { gateway } = world
  const proc = (name: string) => readFile(`/proc/${gateway.program.pid}/${name}`)
  const exported = await cli(['events', 'export'], { LOCKSTEP_DATA: gateway.dataFolder })
  expect(exported.code).toBe(0)
  expect(exported.stdout).toContain('password_change')
  const places: [string, Buffer][] = [
    ...(await filesBelow(gateway.dataFolder)),
    ['printed', Buffer.from([...printed, gateway.program.output()].join('\n'))],
    ['events', Buffer.from(exported.stdout)],
    ['mails', Buffer.from(JSON.stringify(mailbox.messages))],
    ['list of mails', Buffer.from(JSON.stringify(await client().call('GET /mails', { query: { limit: 500 } })))],
    ...(process.platform === 'linux'
      ? ([
          ['arguments', await proc('cmdline')],
          ['environment', await proc('environ')],
        ] as [string, Buffer][])
      : []),
  ]
  expect(places.map(([name]) => name)).toEqual(
    expect.arrayContaining(['lockstep.db', 'lockstep.db-wal', 'lockstep.json']),
  )
  const found = places.flatMap(([name, content]) =>
    [mark, banned].flatMap((secret) => findSecret(content, secret).map((encoding) => `${name}: ${encoding}`)),
  )
  expect(found).toEqual([])
}, 90_000)
