import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { runCommand } from '@lockstep/gateway/cli/program'
import { grantRole } from '@lockstep/gateway/directory/roles'
import { system } from '@lockstep/gateway/domain/actor'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Here, startHere } from '../support/gateway-here.ts'
import { askDevice } from '../support/oauth.ts'
import { type Visitor, visitor } from '../support/visitor.ts'
import { until } from '../support/world.ts'

const password = 'Sunny-Harbour-Lamp-3'
const email = 'ana@contoso.example'

let here: Here
let home: string
let browser: Visitor
const url = () => here.gateway.url
const file = () => join(home, 'lockstep', 'sign-ins.json')

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'lockstep-home-'))
  here = await startHere()
  const { id } = await here.client.call('POST /users', { body: { email, initialPassword: password, sendMail: false } })
  await grantRole(here.context, system, { userId: id, role: 'auditor' })
  browser = visitor(url())
  await browser.post('/portal/login', { email, password })
}, 60_000)
afterAll(async () => {
  await here.close()
  await rm(home, { recursive: true, force: true })
})

/** A command on a machine of its own, without a data folder. */
function run(line: string, more: Record<string, string> = {}) {
  const told = { out: '', err: '' }
  const code = runCommand(line.split(' '), {
    out: (text) => {
      told.out += text
    },
    err: (text) => {
      told.err += text
    },
    stdin: Readable.from(['']),
    terminal: false,
    env: { XDG_CONFIG_HOME: home, LOCKSTEP_DATA: '', ...more },
    fetch: (address, init) => fetch(address, init),
    ending: new AbortController().signal,
    exitCode: 0,
  })
  return { told, code }
}

async function signIn(says: 'yes' | 'no') {
  const { told, code } = run(`login ${url()}`)
  const shown = await until('a code', async () => /^ {4}([A-Z]{4}-[A-Z]{4})$/m.exec(told.out)?.[1])
  expect(told.out).toContain(`${url()}/oauth/device`)
  await browser.post('/oauth/device', { code: shown, answer: says })
  return { told, code: await code }
}

const stored = async () => JSON.parse(await readFile(file(), 'utf8')) as [string, Record<string, unknown>][]

test('somebody signs in by a code, acts as that person from then on, and signs out', { timeout: 60_000 }, async () => {
  const { told, code } = await signIn('yes')
  expect(code).toBe(0)
  expect(told.out).toContain(`Signed in at ${url()} as ${email}.`)
  expect((await stat(file())).mode & 0o777).toBe(0o600)

  const who = run('whoami')
  expect(await who.code).toBe(0)
  expect(who.told.out).toBe(`${url()}: ${email} (auditor)\n`)
  const list = run('users list --json')
  expect(await list.code).toBe(0)
  expect(list.told.out).toContain(email)
  // An auditor reads, and no more.
  const refused = run('users create --email ben@contoso.example')
  expect(await refused.code).toBe(1)
  expect(refused.told.err).toContain('role')

  // The access token has ended: it is renewed, for several commands at once, too.
  const [[gateway, before]] = (await stored()) as [[string, Record<string, unknown>]]
  await writeFile(file(), JSON.stringify([[gateway, { ...before, endsAt: 0 }]]), { mode: 0o600 })
  const both = [run('whoami'), run('whoami')]
  expect(await Promise.all(both.map((one) => one.code))).toEqual([0, 0])
  const after = (await stored())[0]?.[1]
  expect(after?.['refreshToken']).not.toBe(before['refreshToken'])

  const out = run('logout')
  expect(await out.code).toBe(0)
  expect(await stored()).toEqual([])
  const asked = await fetch(`${url()}/api/v1/me`, {
    headers: { authorization: `Bearer ${String(after?.['accessToken'])}` },
  })
  expect(asked.status).toBe(401)
})

test('a sign-in that ended elsewhere says how to go on', { timeout: 60_000 }, async () => {
  await signIn('yes')
  const page = (await browser.get('/portal/security')).text
  expect(page).toContain('Command line')
  await browser.post('/portal/security/sessions/end-others', {})
  const [[gateway, held]] = (await stored()) as [[string, Record<string, unknown>]]
  await writeFile(file(), JSON.stringify([[gateway, { ...held, endsAt: 0 }]]), { mode: 0o600 })
  const { told, code } = run('whoami')
  expect(await code).toBe(1)
  expect(told.err).toContain(`Sign in again with "lockstep login ${url()}"`)
  expect(await stored()).toEqual([])
})

test('a file that others may read, or that is damaged, is not used, and it is said what to do', async () => {
  await writeFile(file(), '[]', { mode: 0o600 })
  await chmod(file(), 0o644)
  const open = run('logout')
  expect([await open.code, open.told.err]).toEqual([1, expect.stringContaining(`chmod 600 ${file()}`)])
  await chmod(file(), 0o600)
  await writeFile(file(), '[[1]]')
  const damaged = run('logout')
  expect([await damaged.code, damaged.told.err]).toEqual([1, expect.stringContaining('Remove it and sign in again')])
  await writeFile(file(), '[]')
})

test('a no leaves nothing behind', { timeout: 60_000 }, async () => {
  const { told, code } = await signIn('no')
  expect(code).toBe(1)
  expect(told.err).toContain('answered with no')
  expect(await stored()).toEqual([])
})

test('whoever begins too many sign-ins is told to wait', async () => {
  await Promise.allSettled(Array.from({ length: 14 }, () => askDevice(url())))
  const { told, code } = run(`login ${url()}`)
  expect(await code).toBe(1)
  expect(told.err).toContain('Wait a minute')
})

test('wrong addresses are said as such', async () => {
  const bad = run('login nonsense')
  expect(await bad.code).toBe(2)
  const nobody = run('login http://127.0.0.1:9')
  expect(await nobody.code).toBe(1)
  expect(nobody.told.err).toContain('is not a Lockstep gateway, or nothing does')
  const plain = run('login http://id.contoso.example')
  expect(await plain.code).not.toBe(0)
  const strange = run('whoami', { LOCKSTEP_URL: 'https://id.contoso.example' })
  expect(await strange.code).toBe(2)
  expect(strange.told.err).toContain('lockstep login https://id.contoso.example')
})
