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
import { progress } from './progress.ts'
import { CommandError, type ExitCode, type Shell } from './shell.ts'

/** A way to the gateway that runs: its origin, a token and the typed client over both. */
export type Remote = { url: string; token: string; client: Client }

/**
 * LOCKSTEP_URL and LOCKSTEP_TOKEN where they are given; otherwise the gateway that runs on this data folder, with a token
 * of ten minutes that whoever may read the data folder can make.
 */
export async function connect(shell: Shell, data: string | undefined): Promise<Remote> {
  const folder = dataFolderOf(data, shell.env)
  const url = (shell.env['LOCKSTEP_URL'] || (await addressOf(folder, shell.env))).replace(/\/$/, '')
  const token =
    shell.env['LOCKSTEP_TOKEN'] || (shell.env['LOCKSTEP_URL'] ? missingToken() : await localToken(folder, shell.env))
  const client = createClient({
    gatewayUrl: url,
    fetch: async (address, init) => {
      try {
        return await shell.fetch(address, init)
      } catch {
        throw new CommandError(`No gateway answers at ${url}. Start it with "lockstep serve", or set LOCKSTEP_URL.`)
      }
    },
    authorize: async () => ({ authorization: `Bearer ${token}` }),
  })
  return { url, token, client }
}

function missingToken(): never {
  throw new CommandError(
    'Set LOCKSTEP_TOKEN to a token of that gateway: "lockstep token create" on its machine makes one.',
    2,
  )
}

async function addressOf(folder: string, env: Shell['env']): Promise<string> {
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
