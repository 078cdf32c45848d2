import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, createClient } from '@lockstep/shared/client/client'
import type { Connection } from '@lockstep/shared/contract/connection'
import type { Job } from '@lockstep/shared/contract/job'
import type { User } from '@lockstep/shared/contract/user'
import type { Command } from 'commander'
import { dataFolderOf, publicUrlOf, readSettings } from '../settings.ts'
import { addressFile } from './address.ts'
import { localToken } from './local.ts'
import { renew } from './oauth-client.ts'
import { progress } from './progress.ts'
import { CommandError, type ExitCode, type Shell } from './shell.ts'
import { dropSignIn, readSignIns, renewSignIn } from './sign-ins.ts'

/** A way to the gateway that runs: its origin, as whom we come, and the typed client over both. */
export type Remote = {
  url: string
  by: 'token' | 'sign-in' | 'machine'
  /** The header that says who calls. */
  authorization(): Promise<string>
  client: Client
}

/**
 * With LOCKSTEP_TOKEN where it is given. Otherwise at LOCKSTEP_URL as the person who signed in there; without that at the
 * gateway that runs on this data folder, with a token of ten minutes that whoever may read the data folder can make; and
 * where there is no data folder, at the gateway where somebody signed in last.
 */
export async function connect(shell: Shell, data: string | undefined): Promise<Remote> {
  const remote = await whereAndWho(shell, data)
  const client = createClient({
    gatewayUrl: remote.url,
    fetch: async (address, init) => {
      try {
        return await shell.fetch(address, init)
      } catch {
        throw new CommandError(
          `No gateway answers at ${remote.url}. Start it with "lockstep serve", or set LOCKSTEP_URL.`,
        )
      }
    },
    authorize: async () => ({ authorization: await remote.authorization() }),
  })
  return { ...remote, client }
}

async function whereAndWho(shell: Shell, data: string | undefined): Promise<Omit<Remote, 'client'>> {
  const { env } = shell
  const folder = dataFolderOf(data, env)
  const named = env['LOCKSTEP_URL']?.replace(/\/$/, '')
  const token = env['LOCKSTEP_TOKEN']
  if (token) return { url: named || (await addressOf(folder, env)), by: 'token', authorization: bearer(token) }
  if (named) return signedInAt(shell, named) ?? nobodyAt(named)
  const isHere = data !== undefined || env['LOCKSTEP_DATA'] || existsSync(folder)
  const last = isHere ? undefined : [...readSignIns(env).keys()].at(-1)
  if (last !== undefined) return signedInAt(shell, last) ?? nobodyAt(last)
  return { url: await addressOf(folder, env), by: 'machine', authorization: bearer(await localToken(folder, env)) }
}

const bearer = (token: string) => async () => `Bearer ${token}`

/** ms before its end at which a token is renewed. */
const renewalLeadMs = 30_000

function signedInAt(shell: Shell, url: string): Omit<Remote, 'client'> | undefined {
  let signIn = readSignIns(shell.env).get(url)
  if (signIn === undefined) return undefined
  return {
    url,
    by: 'sign-in',
    async authorization() {
      if (signIn === undefined) return nobodyAt(url)
      if (signIn.endsAt - renewalLeadMs < Date.now()) {
        const tokens = await renew(shell, url, signIn.refreshToken)
        signIn = tokens ?? undefined
        if (signIn === undefined) {
          dropSignIn(shell.env, url)
          throw new CommandError(`The sign-in at ${url} has ended. Sign in again with "lockstep login ${url}".`)
        }
        renewSignIn(shell.env, url, signIn)
      }
      return `Bearer ${signIn.accessToken}`
    },
  }
}

function nobodyAt(url: string): never {
  throw new CommandError(
    `Sign in with "lockstep login ${url}", or set LOCKSTEP_TOKEN to a token of that gateway: "lockstep token create" on its machine makes one.`,
    2,
  )
}

/** Where the gateway of a data folder answers on this machine; while none runs, where people reach it. */
export async function addressOf(folder: string, env: Shell['env']): Promise<string> {
  try {
    return (await readFile(join(folder, addressFile), 'utf8')).trim()
  } catch {
    return publicUrlOf(await readSettings(folder, env))
  }
}

/** The data folder as given before or behind the command's name. */
export function dataOption(command: Command): string | undefined {
  return command.optsWithGlobals<{ data?: string }>().data
}

/** Everything in a list, page by page. */
export async function all<T>(
  page: (cursor: string | undefined) => Promise<{ items: T[]; next: string | null }>,
): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const { items: more, next } = await page(cursor)
    items.push(...more)
    cursor = next ?? undefined
  } while (cursor !== undefined)
  return items
}

/** The connection of that name or id; without one, the only connection there is. */
export async function findConnection(client: Client, named: string | undefined): Promise<Connection> {
  const connections = await all((cursor) =>
    client.call('GET /connections', { query: { limit: 500, ...(cursor !== undefined && { cursor }) } }),
  )
  if (named === undefined) {
    const [only, ...others] = connections
    if (only === undefined)
      throw new CommandError('No tenant is connected yet. Connect one with "lockstep connections create".')
    if (others.length === 0) return only
    throw new CommandError(
      `Say which connection: --connection ${connections.map(({ name }) => `"${name}"`).join(' or ')}.`,
      2,
    )
  }
  const found = connections.find(({ id, name }) => id === named || name.toLowerCase() === named.toLowerCase())
  if (found === undefined)
    throw new CommandError(`There is no connection "${named}". "lockstep connections list" shows all.`)
  return found
}

/** The user with that email or id. */
export async function findUser(client: Client, named: string): Promise<User> {
  if (!named.includes('@')) return await client.call('GET /users/{id}', { params: { id: named } })
  const wanted = named.toLowerCase()
  const { items } = await client.call('GET /users', { query: { search: wanted, limit: 500 } })
  const found = items.find(({ email }) => email === wanted)
  if (found === undefined) throw new CommandError(`There is no user ${named}. "lockstep users list" shows all.`)
  return found
}

const pollMs = 300

/** Waits for the end of a job, showing how far it is; with its results. */
export async function finish(shell: Shell, client: Client, started: Job, label: string): Promise<Job> {
  const shown = progress(shell, label)
  let job = started
  while (job.state === 'queued' || job.state === 'running') {
    shown.show(job)
    await pause(pollMs, shell.ending)
    if (shell.ending.aborted) throw new CommandError(`Not waiting any longer: job ${job.id} goes on in the gateway.`, 3)
    job = await client.call('GET /jobs/{id}', { params: { id: started.id } })
  }
  shown.show(job)
  shown.end()
  return job
}

/** How a job ended, as an exit code. */
export function exitCodeOf(job: Job): ExitCode {
  if (job.state === 'done' && job.failed === 0) return 0
  return job.done > 0 ? 3 : 1
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
