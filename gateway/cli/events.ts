import { basePath } from '@lockstep/shared/client/client'
import { LockstepEvent } from '@lockstep/shared/contract/event'
import { type Command, InvalidArgumentError } from 'commander'
import { connect, dataOption, findUser, type Remote } from './remote.ts'
import { CommandError, type Shell } from './shell.ts'
import { plain, print, table } from './table.ts'

type Options = {
  json?: boolean
  follow?: boolean
  limit: number
  type?: string
  user?: string
  outcome?: LockstepEvent['outcome']
}

const columns = [
  { title: 'At', of: (event: LockstepEvent) => event.at },
  { title: 'Type', of: (event: LockstepEvent) => event.type },
  { title: 'Outcome', of: (event: LockstepEvent) => event.outcome },
  { title: 'By', of: (event: LockstepEvent) => event.actor.name },
  { title: 'User', of: (event: LockstepEvent) => event.user },
  { title: 'Detail', of: (event: LockstepEvent) => event.detail },
]

const retryMs = 2_000

/** `lockstep events` */
export function addEvents(program: Command, shell: Shell): void {
  program
    .command('events')
    .description('what happened, oldest first')
    .option('--follow', 'go on with what happens from now')
    .option('--limit <count>', 'how many of the newest', count, 50)
    .option('--type <type>', 'only events of this type')
    .option('--user <user>', 'only about this person: email or id')
    .option('--outcome <outcome>', 'success, failure, retrying or skipped')
    .option('--json', 'print JSON, one event a line while following')
    .action(async (options: Options, command: Command) => {
      const remote = await connect(shell, dataOption(command))
      const user = options.user === undefined ? undefined : (await findUser(remote.client, options.user)).id
      const { limit, type, outcome } = options
      const { items } = await remote.client.call('GET /events', {
        query: { limit, ...(type && { type }), ...(outcome && { outcome }), ...(user && { user }) },
      })
      if (!options.follow) return print(shell, options.json, items.reverse(), columns)
      const wanted = (event: LockstepEvent) =>
        (type === undefined || event.type === type) &&
        (outcome === undefined || event.outcome === outcome) &&
        (user === undefined || event.user === user)
      for (const event of items.reverse()) shell.out(oneLine(event, options.json))
      await follow(shell, remote, (event) => {
        if (wanted(event)) shell.out(oneLine(event, options.json))
      })
    })
}

function count(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= 500) return Number(text)
  throw new InvalidArgumentError('Give a number from 1 to 500.')
}

function oneLine(event: LockstepEvent, json: boolean | undefined): string {
  if (json) return `${JSON.stringify(event)}\n`
  return (table([event], columns).split('\n')[1] ?? '').concat('\n')
}

/** Listens to the stream until the command is ended; connects again where it left off. */
async function follow(shell: Shell, remote: Remote, take: (event: LockstepEvent) => void): Promise<void> {
  let last = ''
  while (!shell.ending.aborted) {
    try {
      const response = await shell.fetch(`${remote.url}${basePath}/events/stream`, {
        headers: { authorization: `Bearer ${remote.token}`, ...(last !== '' && { 'last-event-id': last }) },
        signal: shell.ending,
      })
      if (response.status === 401 || response.status === 403) {
        throw new CommandError('The gateway no longer accepts the token. Run the command again.')
      }
      if (!response.ok || response.body === null) throw new Error(`The stream answered with ${response.status}.`)
      for await (const { id, data } of messagesIn(response.body)) {
        if (id !== '') last = id
        const event = LockstepEvent.safeParse(JSON.parse(data))
        if (event.success) take(event.data)
      }
    } catch (error) {
      if (shell.ending.aborted) return
      if (error instanceof CommandError) throw error
      shell.err(`${plain(error instanceof Error ? error.message : String(error))} Trying again.\n`)
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

/** Server-sent events, those with data only. */
export async function* messagesIn(body: AsyncIterable<Uint8Array>): AsyncGenerator<{ id: string; data: string }> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of body) {
    text += decoder.decode(part, { stream: true }).replace(/\r/g, '')
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const field = (name: string) =>
        lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).replace(/^ /, ''))
      const data = field('data')
      if (data.length > 0) yield { id: field('id')[0] ?? '', data: data.join('\n') }
    }
  }
}
