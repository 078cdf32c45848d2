import { GroupId } from '@lockstep/shared/contract/ids'
import type { Ring } from '@lockstep/shared/contract/rollout'
import { type Command, InvalidArgumentError } from 'commander'
import { report } from './bindings.ts'
import { connect, dataOption, findConnection, finish } from './remote.ts'
import type { Shell } from './shell.ts'

type Options = { connection?: string; json?: boolean }

const which = ['--connection <connection>', 'name or id; not needed when there is only one'] as const

/** `lockstep rollout`. */
export function addRollout(program: Command, shell: Shell): void {
  const rollout = program
    .command('rollout')
    .description('bind everybody, ring by ring; it stops by itself where it goes wrong')

  rollout
    .command('start')
    .description('begin with a few people, and go on while it goes well')
    .argument('<ring...>', 'a number of people, group:<id>, or rest', parseRing, [] as Ring[])
    .option(...which)
    .option('--ours-win', 'overwrite what the accounts hold; otherwise only what is empty is filled')
    .option('--json', 'print JSON')
    .action(async (rings: Ring[], options: Options & { oursWin?: boolean }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const { job } = await client.call('POST /connections/{id}/rollout', {
        params: { id },
        body: { rings, attributes: options.oursWin ? 'ours_win' : 'fill_empty' },
      })
      report(shell, options, await finish(shell, client, job, 'Binding'))
    })

  rollout
    .command('continue')
    .description('go on with a roll-out that has stopped, with those who failed first')
    .argument('<job>', 'the job that has stopped')
    .option(...which)
    .option('--json', 'print JSON')
    .action(async (jobId: string, options: Options, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const { job } = await client.call('POST /connections/{id}/rollout/{jobId}/continue', { params: { id, jobId } })
      report(shell, options, await finish(shell, client, job, 'Binding'))
    })
}

function parseRing(text: string, before: Ring[]): Ring[] {
  if (text === 'rest') return [...before, { rest: true }]
  if (text.startsWith('group:')) return [...before, { group: GroupId.parse(text.slice('group:'.length)) }]
  if (/^[1-9]\d{0,5}$/.test(text)) return [...before, { count: Number(text) }]
  throw new InvalidArgumentError('A ring is a number of people, group:<id>, or rest.')
}
