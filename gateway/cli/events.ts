import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { basePath, type ClientOptions, refusalOf } from '@lockstep/shared/client/client'
import { partsOf } from '@lockstep/shared/client/server-sent'
import { stream } from '@lockstep/shared/client/stream'
import type { LockstepEvent } from '@lockstep/shared/contract/event'
import { type Command, InvalidArgumentError } from 'commander'
import { connect, dataOption, findUser, type Remote } from './remote.ts'
import type { Shell } from './shell.ts'
import { plain, print, table } from './table.ts'

type About = { type?: string; user?: string; outcome?: LockstepEvent['outcome'] }
type Options = About & { json?: boolean; follow?: boolean; limit: number }
type ExportOptions = About & { format: string; out?: string; since?: string; until?: string }

const columns = [
  { title: 'At', of: (event: LockstepEvent) => event.at },
  { title: 'Type', of: (event: LockstepEvent) => event.type },
  { title: 'Outcome', of: (event: LockstepEvent) => event.outcome },
  { title: 'By', of: (event: LockstepEvent) => event.actor.name },
  { title: 'User', of: (event: LockstepEvent) => event.user },
  { title: 'Detail', of: (event: LockstepEvent) => event.detail },
]

/** `lockstep events` */
export function addEvents(program: Command, shell: Shell): void {
  const events = program
    .command('events')
    .description('what happened, oldest first')
    .option('--follow', 'go on with what happens from now')
    .option('--limit <count>', 'how many of the newest', count, 50)
    .option('--json', 'print JSON, one event a line while following')
    .action(async (options: Options, command: Command) => {
      const remote = await connect(shell, dataOption(command))
      const query = await filterOf(remote, options)
      const { items } = await remote.client.call('GET /events', { query: { limit: options.limit, ...query } })
      if (!options.follow) return print(shell, options.json, items.reverse(), columns)
      for (const event of items.reverse()) shell.out(oneLine(event, options.json))
      await follow(shell, dataOption(command), query, items.at(-1)?.id, (event) =>
        shell.out(oneLine(event, options.json)),
      )
    })
  const exporting = events
    .command('export')
    .description('all events as JSON lines or CSV, oldest first')
    .option('--format <format>', 'jsonl or csv', 'jsonl')
    .option('--out <file>', 'write to this file instead of standard output')
    .option('--since <time>', 'from this time on, like 2026-11-23T00:00:00Z')
    .option('--until <time>', 'before this time')
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<ExportOptions>()
      const remote = await connect(shell, dataOption(command))
      await download(shell, remote, { ...(await filterOf(remote, options)), ...picked(options) }, options.out)
    })
  for (const command of [events, exporting]) {
    command
      .option('--type <type>', 'only events of this type; "user_*" for all that begin like that')
      .option('--user <user>', 'only about this person: email or id')
      .option('--outcome <outcome>', 'success, failure, retrying or skipped')
  }
}

async function filterOf(remote: Remote, { type, user, outcome }: About): Promise<About> {
  const id = user === undefined ? undefined : (await findUser(remote.client, user)).id
  return { ...(type && { type }), ...(outcome && { outcome }), ...(id && { user: id }) }
}

const picked = ({ format, since, until }: ExportOptions) => ({
  format,
  ...(since && { since }),
  ...(until && { until }),
})

function count(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= 500) return Number(text)
  throw new InvalidArgumentError('Give a number from 1 to 500.')
}

function oneLine(event: LockstepEvent, json: boolean | undefined): string {
  if (json) return `${JSON.stringify(event)}\n`
  return (table([event], columns).split('\n')[1] ?? '').concat('\n')
}

/** Listens to the stream until the command is ended; connects again where it left off. */
async function follow(
  shell: Shell,
  data: string | undefined,
  query: About,
  after: string | undefined,
  take: (event: LockstepEvent) => void,
): Promise<void> {
  const options: ClientOptions = {
    gatewayUrl: (await connect(shell, data)).url,
    fetch: shell.fetch,
    // Anew for each connection: the token of somebody at this machine lasts ten minutes.
    authorize: async () => headersOf(await connect(shell, data)),
  }
  const events = stream(options, 'GET /events/stream', {
    query,
    ...(after !== undefined && { after }),
    signal: shell.ending,
    onLost: (error) => shell.err(`${plain(error instanceof Error ? error.message : String(error))} Trying again.\n`),
  })
  for await (const event of events) take(event)
}

const headersOf = async (remote: Remote) => ({ authorization: await remote.authorization() })

/** Part by part, so that any number of events fits. */
async function download(
  shell: Shell,
  remote: Remote,
  query: Record<string, string | undefined>,
  file: string | undefined,
): Promise<void> {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, value)
  const response = await shell.fetch(`${remote.url}${basePath}/events/export?${search}`, {
    headers: await headersOf(remote),
    signal: shell.ending,
  })
  if (!response.ok || response.body === null) throw await refusalOf(response)
  const decoder = new TextDecoder()
  const target = file === undefined ? undefined : createWriteStream(file, { mode: 0o600 })
  for await (const part of partsOf(response.body)) {
    if (target === undefined) shell.out(decoder.decode(part, { stream: true }))
    else if (!target.write(part)) await once(target, 'drain')
  }
  if (target === undefined) return
  target.end()
  await once(target, 'finish')
  shell.out(`${plain(file ?? '')}\n`)
}
