import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { type Client, createClient } from '@lockstep/shared/client/client'
import type { Job } from '@lockstep/shared/contract/job'
import type { SignIn } from '../practice-tenant/control.ts'
import type { LogEntry } from '../practice-tenant/state.ts'
import { type Program, startProgram } from './process.ts'
import { root } from './root.ts'

/** How to reach a practice tenant that runs beside the test. */
export type Tenant = {
  graph: string
  login: string
  control: string
  /** Certificate file. */
  ca: string
  tenantId: string
  clientId: string
  clientSecret: string
  domain: string
  program: Program
  act(body: Record<string, unknown>): Promise<unknown>
  signIn(userPrincipalName: string, password: string): Promise<SignIn>
  account(key: string): Promise<Record<string, unknown>>
  counts(): Promise<Record<string, number>>
  log(): Promise<LogEntry[]>
  call(method: string, path: string, body?: unknown): Promise<unknown>
}

export type RunningGateway = {
  url: string
  dataFolder: string
  program: Program
  token: string
  client: Client
  /** A bare request, for input that the typed client would not send. */
  request(
    method: string,
    path: string,
    body?: string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown }>
}

export type World = {
  tenant: Tenant
  gateway: RunningGateway
  /** Starts the gateway anew on the same data folder, after it was stopped or killed. */
  restart(): Promise<void>
  close(): Promise<void>
}

export type WorldOptions = {
  users?: number
  quota?: 'S' | 'M' | 'L' | 'off'
  tenantArgs?: readonly string[]
  built?: boolean
  /** For a rehearsal: administrators sign in with a password alone. */
  secondFactor?: 'nobody'
  /** More of lockstep.json. */
  settings?: Record<string, unknown>
  env?: Record<string, string>
}

/** A gateway and a practice tenant as two processes on folders of their own, and an admin's token. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-test-'))
  const tenant = await startTenant(folder, options)
  const { gateway, launch } = await startGateway(join(folder, 'data'), tenant, options)
  const world: World = {
    tenant,
    gateway,
    async restart() {
      world.gateway = await launch()
    },
    async close() {
      await world.gateway.program.stop()
      await tenant.program.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return world
}

/** A gateway on a data folder of its own, and how to start it anew there. */
export async function startGateway(
  dataFolder: string,
  tenant: Tenant,
  options: WorldOptions = {},
): Promise<{ gateway: RunningGateway; launch: () => Promise<RunningGateway> }> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const { secondFactor } = options
  const required = secondFactor && { requireSecondFactor: secondFactor }
  const settings = { organisation: 'Contoso', ...required, ...options.settings }
  await writeFile(join(dataFolder, 'lockstep.json'), JSON.stringify(settings))
  const env = { NODE_EXTRA_CA_CERTS: tenant.ca, LOCKSTEP_DATA: dataFolder, LOCKSTEP_PORT: '0', ...options.env }
  const start = () =>
    startProgram('gateway/cli.ts', { args: ['serve'], env, ready: /https?:\/\/\S+/, readyMs: 60_000 }, options.built)
  const program = await start()
  const token = (
    await cli(
      ['token', 'create', '--name', 'test', '--role', 'admin', '--allow', 'approve,override'],
      env,
      options.built,
    )
  ).stdout.trim()
  return {
    gateway: gatewayOf(program, dataFolder, token),
    launch: async () => gatewayOf(await start(), dataFolder, token),
  }
}

export async function startTenant(folder: string, options: WorldOptions): Promise<Tenant> {
  const args = [
    '--users',
    String(options.users ?? 25),
    '--quota',
    options.quota ?? 'L',
    '--dir',
    folder,
    ...(options.tenantArgs ?? []),
  ]
  const program = await startProgram(
    'test/practice-tenant/main.ts',
    { args, ready: /^\{/, readyMs: 60_000 },
    options.built,
  )
  const told = JSON.parse(program.readyLine) as Omit<Tenant, 'program'>
  const ask = (method: string, path: string, body?: unknown) =>
    fetch(told.control + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> =>
    await (await ask(method, path, body)).json()
  return {
    ...told,
    program,
    call,
    async act(body) {
      const response = await ask('POST', '/acts', body)
      if (!response.ok) throw new Error(`The practice tenant refused ${JSON.stringify(body)}: ${await response.text()}`)
      return await response.json()
    },
    signIn: async (userPrincipalName, password) =>
      (await call('POST', '/sign-in', { userPrincipalName, password })) as SignIn,
    account: async (key) => (await call('GET', `/accounts/${encodeURIComponent(key)}`)) as Record<string, unknown>,
    counts: async () => (await call('GET', '/counts')) as Record<string, number>,
    log: async () => (await call('GET', '/log')) as LogEntry[],
  }
}

function gatewayOf(program: Program, dataFolder: string, token: string): RunningGateway {
  const url = /https?:\/\/[^\s]+/.exec(program.readyLine)?.[0] ?? ''
  const authorization = `Bearer ${token}`
  return {
    url,
    dataFolder,
    program,
    token,
    client: createClient({
      gatewayUrl: url,
      fetch: (to, init) => fetch(to, init),
      authorize: async () => ({ authorization }),
    }),
    async request(method, path, body, headers = {}) {
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      const response = await fetch(url + path, {
        method,
        headers: { authorization, ...type, ...headers },
        ...(body !== undefined && { body }),
      })
      const told = await response.text()
      return { status: response.status, body: told === '' ? null : parse(told) }
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Runs a command of `lockstep` to its end. */
export async function cli(
  args: readonly string[],
  env: Record<string, string | undefined>,
  built = false,
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const script = built
    ? [join(root, 'gateway/dist/cli.js')]
    : ['--import', 'tsx', '--conditions=source', join(root, 'gateway/cli.ts')]
  const child = spawn(process.execPath, [...script, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(input)
  const code = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, stdout, stderr }
}

/** Connects the practice tenant; writes to it at once unless told otherwise. */
export async function connect(world: World, mode: 'apply' | 'observe' = 'apply'): Promise<string> {
  const { tenant, gateway } = world
  const connection = await gateway.client.call('POST /connections', {
    body: {
      name: 'Contoso',
      tenantId: tenant.tenantId,
      clientId: tenant.clientId,
      clientSecret: tenant.clientSecret,
      cloud: { graph: tenant.graph, login: tenant.login },
      settings: { mode },
    },
  })
  return connection.id
}

/** Waits for a condition, asking again in short steps; names what it waited for when it gives up. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>, limitMs = 60_000): Promise<T> {
  const end = Date.now() + limitMs
  for (;;) {
    const found = await ask()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`Gave up waiting for: ${what}`)
    await pause(25)
  }
}

export async function jobDone(world: World, job: { id: string }, limitMs = 120_000): Promise<Job> {
  return await until(
    `the job ${job.id}`,
    async () => {
      const now = await world.gateway.client.call('GET /jobs/{id}', { params: { id: job.id } })
      return ['done', 'failed', 'cancelled'].includes(now.state) && now
    },
    limitMs,
  )
}

/** Has a cycle run, and waits for its end. */
export async function runCycle(world: World, connection: string): Promise<void> {
  const { job } = await world.gateway.client.call('POST /connections/{id}/sync', { params: { id: connection } })
  await jobDone(world, job)
}

/** Imports everybody who can be imported, and binds them. */
export async function importAll(world: World, connection: string, limitMs?: number): Promise<Job> {
  const { job } = await world.gateway.client.call('POST /connections/{id}/imports', {
    params: { id: connection },
    body: { accountIds: 'all', bind: true },
  })
  return await jobDone(world, job, limitMs)
}
