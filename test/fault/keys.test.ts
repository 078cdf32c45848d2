import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { announce } from '@lockstep/gateway/cli/address'
import { runCommand } from '@lockstep/gateway/cli/program'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signIn as enter } from '../practice-tenant/sign-in.ts'
import { authenticatorOf, keyIn } from '../support/authenticator.ts'
import { type Here, startHere } from '../support/gateway-here.ts'
import { letIn, renewTokens } from '../support/oauth.ts'
import { startProgram } from '../support/process.ts'
import { visitor } from '../support/visitor.ts'
import { until } from '../support/world.ts'

let world: Here
let folder: string
let connection: string
let ana: string
const email = 'ana.key@contoso.example'
const password = 'Quiet-Lantern-Orbit-7'
let now = password

beforeAll(async () => {
  world = await startHere()
  folder = dirname(world.storeLog)
  const { tenantId, clientId, clientSecret, graph, login } = world.tenant
  const cloud = { graph, login }
  const settings = { mode: 'apply' } as const
  const tenant = { name: 'Contoso', tenantId, clientId, clientSecret, cloud, settings }
  connection = (await world.client.call('POST /connections', { body: tenant })).id
  const body = { email, displayName: 'Ana Key', initialPassword: password, sendMail: false }
  ana = (await world.client.call('POST /users', { body })).id
  await world.client.call('PUT /connections/{id}/bindings/{userId}', {
    params: { id: connection, userId: ana },
    body: { notify: false },
  })
  await until('the account', () => atTenant(password))
}, 120_000)
afterAll(() => world.close())

const keyFile = () => join(folder, 'instance.key')
async function lockstep(line: string, input = '') {
  let stdout = ''
  let stderr = ''
  await announce(folder, world.gateway.localUrl)
  const code = await runCommand([...line.split(' '), '--data', folder], {
    out: (text) => {
      stdout += text
    },
    err: (text) => {
      stderr += text
    },
    stdin: Readable.from([input]),
    terminal: false,
    env: {},
    fetch: (url, init) => fetch(url, init),
    ending: new AbortController().signal,
    exitCode: 0,
  })
  return { code, stdout, stderr }
}
const request = (method: string, path: string, body?: unknown) =>
  fetch(world.gateway.localUrl + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
const problemAt = async (method: string, path: string) =>
  (await request(method, path, method === 'POST' ? {} : undefined)).json()
const signIn = async () => (await request('POST', '/api/v1/session', { email, password: now })).status
const change = async (newPassword: string) => {
  const params = { id: ana }
  const { sync } = await world.client.call('PUT /users/{id}/password', { params, body: { password: newPassword } })
  now = newPassword
  return sync.map((one) => one.password)
}
const atTenant = async (secret: string) => enter(world.tenant.state, email, secret).ok
const binding = () =>
  world.client.call('GET /connections/{id}/bindings/{userId}', { params: { id: connection, userId: ana } })
const connected = () => world.client.call('GET /connections/{id}', { params: { id: connection } })
/** Lets a password wait. */
async function withWaiting<T>(newPassword: string, work: () => Promise<T>): Promise<T> {
  world.tenant.state.faults.push({ match: { method: 'PATCH', path: '^/users' }, times: 1_000, status: 503 })
  try {
    expect(await change(newPassword)).toEqual(['pending'])
    return await work()
  } finally {
    world.tenant.state.faults = []
  }
}

test('a rotation beside the running gateway leaves every login, the connection and what waits as they were', async () => {
  const before = readFileSync(keyFile())
  await withWaiting('Quiet-Lantern-Orbit-8', async () => {
    const { code, stdout, stderr } = await lockstep('key rotate')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^[4-9] values were sealed anew/)
    expect(readFileSync(keyFile())).not.toEqual(before)
    expect(existsSync(`${keyFile()}.next`)).toBe(false)
    expect(await signIn()).toBe(200)
  })
  const params = { id: connection, userId: ana }
  await world.client.call('POST /connections/{id}/bindings/{userId}/sync', { params })
  expect(await atTenant(now)).toBe(true)
  await world.gateway.close()
  await world.restart()
  expect(await signIn()).toBe(200)
  expect(await change('Quiet-Lantern-Orbit-9')).toEqual(['updated'])
})

test('codes of authenticator apps, and a command line that is signed in, go on after a rotation', async () => {
  const email = 'ben.key@contoso.example'
  const body = { email, displayName: 'Ben Key', initialPassword: password, sendMail: false }
  await world.client.call('POST /users', { body })
  const url = () => world.gateway.url
  const browser = visitor(url())
  await browser.post('/portal/login', { email, password })
  const app = authenticatorOf(keyIn((await browser.get('/portal/security/app')).text))
  await browser.post('/portal/security/app', { code: app.code(Date.now() - 30_000), name: '' })
  const { refresh_token: token } = await letIn(browser, url())
  expect((await lockstep('key rotate')).code).toBe(0)
  const enter = async (code: string) => {
    const again = visitor(url())
    expect(await again.post('/portal/login', { email, password })).toMatchObject({ to: '/portal/login/code' })
    return (await again.post('/portal/login/code', { code })).status
  }
  expect(await enter(app.code())).toBe(303)
  await world.gateway.close()
  await world.restart()
  expect((await renewTokens(url(), token)).token_type).toBe('Bearer')
  // A clock may be one step ahead, and each code is good once.
  expect(await enter(app.code(Date.now() + 30_000))).toBe(303)
})

test('a rotation while nobody serves, and one that was stopped before the key was in its place', async () => {
  await world.gateway.close()
  expect((await lockstep('key rotate')).code).toBe(0)
  renameSync(keyFile(), `${keyFile()}.next`)
  writeFileSync(keyFile(), Buffer.alloc(32, 1), { mode: 0o600 })
  await world.restart()
  expect(await signIn()).toBe(200)
  expect(existsSync(`${keyFile()}.next`)).toBe(false)
  expect(await change('Quiet-Lantern-Orbit-10')).toEqual(['updated'])
})

test('with another key the gateway is sealed: it says so, answers nothing else, and changes nothing', async () => {
  await world.gateway.close()
  const key = readFileSync(keyFile())
  writeFileSync(keyFile(), Buffer.alloc(32, 1), { mode: 0o600 })
  const store = readFileSync(join(folder, 'lockstep.db'))
  await world.restart()
  expect(world.gateway.sealed).toMatch(/not the one that this store was made with.*key restore/)
  expect((await request('GET', '/healthz')).status).toBe(200)
  for (const [method, path] of [
    ['GET', '/readyz'],
    ['GET', '/portal/login'],
    ['GET', '/api/v1/users'],
    ['POST', '/api/v1/session'],
    ['GET', '/oauth/.well-known/openid-configuration'],
    ['GET', '/nowhere'],
  ] as const)
    expect(await problemAt(method, path), path).toMatchObject({ status: 503, code: 'sealed' })
  const page = await fetch(`${world.gateway.localUrl}/portal`, { headers: { accept: 'text/html' } })
  expect(await page.text()).toContain('This page is not available at the moment')
  expect((await lockstep('doctor')).stdout).toMatch(/sealed at http/)
  expect(await lockstep('token create --name x --role admin')).toMatchObject({ code: 1, stdout: '' })
  await world.gateway.close()
  expect(readFileSync(join(folder, 'lockstep.db')).equals(store)).toBe(true)
  writeFileSync(keyFile(), key)
  await world.restart()
  expect(await signIn()).toBe(200)
})

test('a lost key comes back with the recovery key, also after a rotation', async () => {
  const shown = /([0-9A-Z]{4}-){13}[0-9A-Z]{4}/
  expect((await lockstep('doctor')).stdout).toContain('lockstep key recovery')
  const { stdout } = await lockstep('key recovery')
  const recovery = shown.exec(stdout)?.[0] ?? ''
  expect((await lockstep('doctor')).stdout).toContain('nobody has confirmed')
  const wrong = recovery.replace(/.$/, (letter) => (letter === '7' ? '8' : '7'))
  expect(await lockstep('key recovery --confirm', `${wrong}\n`)).toMatchObject({ code: 1 })
  expect(await lockstep('key recovery --confirm', `${recovery.toLowerCase()}\n`)).toMatchObject({ code: 0 })
  expect((await lockstep('doctor')).stdout).toContain('made and confirmed')
  expect((await lockstep('key rotate')).code).toBe(0)
  await world.gateway.close()
  const key = readFileSync(keyFile())
  renameSync(keyFile(), `${keyFile()}.gone`)
  await world.restart()
  expect(world.gateway.sealed).toContain('is not there')
  expect(existsSync(keyFile())).toBe(false)
  await world.gateway.close()
  expect(await lockstep('key restore', `${wrong}\n`)).toMatchObject({ code: 1, stdout: '' })
  expect(await lockstep('key restore', `${recovery}\n`)).toMatchObject({ code: 0 })
  expect(readFileSync(keyFile())).toEqual(key)
  await world.restart()
  expect(await signIn()).toBe(200)
  for (const file of ['lockstep.db', 'lockstep.db-wal', 'lockstep.json'])
    expect(readFileSync(join(folder, file)).includes(recovery.replaceAll('-', ''))).toBe(false)
})

test('a key that is lost for good costs what waits; credentials and passwords are brought anew', async () => {
  await withWaiting('Quiet-Lantern-Orbit-11', async () => {
    await world.gateway.close()
    expect(await lockstep('key lost --confirm Lockstep')).toMatchObject({ code: 1, stdout: '' })
    renameSync(keyFile(), `${keyFile()}.gone2`)
    expect(await lockstep('key lost --confirm Fabrikam')).toMatchObject({ code: 2 })
    const { code, stdout } = await lockstep('key lost --confirm Lockstep')
    expect(code).toBe(0)
    expect(stdout).toMatch(/credentials of 1 connections/)
    await world.restart()
    expect(await signIn()).toBe(401)
    expect(await connected()).toMatchObject({ state: 'error', error: { code: 'credential_lost' } })
    expect((await binding()).password.state).toBe('awaiting_login')
  })
  expect(await lockstep('connections credential Contoso --secret-stdin', world.tenant.clientSecret)).toMatchObject({
    code: 0,
  })
  await until('the connection', async () => (await connected()).error === null)
  expect(await change('Quiet-Lantern-Orbit-12')).toEqual(['updated'])
  expect(await atTenant(now)).toBe(true)
  expect(await signIn()).toBe(200)
  expect(await world.client.call('GET /events/verify', {})).toMatchObject({ ok: true })
  expect((await lockstep('doctor')).stdout).toContain('there is none: without the instance key')
})

test('a key from the environment reaches no program that is started, and no signal opens the memory', async () => {
  const data = await mkdtemp(join(tmpdir(), 'lockstep-env-'))
  const told = join(data, 'child.env')
  const spy = join(data, 'spy.mjs')
  writeFileSync(
    spy,
    `import { spawnSync } from 'node:child_process'
     import { writeFileSync } from 'node:fs'
     process.on('SIGUSR2', () => writeFileSync(${JSON.stringify(told)}, spawnSync('env').stdout))`,
  )
  const key = 'ab12'.repeat(16)
  const env = { LOCKSTEP_DATA: data, LOCKSTEP_PORT: '0', LOCKSTEP_KEY: key, NODE_OPTIONS: `--import=${spy}` }
  const gateway = await startProgram('gateway/cli.ts', { args: ['serve'], env, ready: /is ready at/ })
  try {
    expect(existsSync(join(data, 'instance.key'))).toBe(false)
    process.kill(gateway.pid, 'SIGUSR2')
    const child = await until('a child', async () => existsSync(told) && readFileSync(told, 'utf8'))
    expect(child).toContain(`LOCKSTEP_DATA=${data}`)
    expect(child).not.toContain(key)
    process.kill(gateway.pid, 'SIGUSR1')
    if (process.platform === 'linux')
      expect(readFileSync(`/proc/${gateway.pid}/coredump_filter`, 'utf8').trim()).toBe('00000000')
  } finally {
    await gateway.stop()
    await rm(data, { recursive: true })
  }
  expect(gateway.output()).not.toMatch(/Debugger/i)
  expect(gateway.output()).not.toContain(key)
})
