import type { MappedAttribute } from '@lockstep/shared/contract/mapping'
import type { Command } from 'commander'
import { connect, dataOption, findConnection, findUser } from './remote.ts'
import type { Shell } from './shell.ts'
import { type Column, print } from './table.ts'

const columns: Column<MappedAttribute>[] = [
  { title: 'Attribute', of: ({ attribute }) => attribute },
  { title: 'Mode', of: ({ mode }) => mode },
  { title: 'From', of: ({ from }) => from },
  { title: 'Value', of: ({ value }) => value },
  { title: 'Problem', of: ({ error }) => error },
]

/** `lockstep map test` */
export function addMap(program: Command, shell: Shell): void {
  program
    .command('map')
    .description('how attributes of people become attributes of accounts')
    .command('test')
    .description('what the mapping makes of a person; nothing is written. Ends with 3 when a value cannot be made')
    .argument('<user>', 'email or id')
    .option('--connection <connection>', 'name or id; not needed when there is only one')
    .option('--json', 'print JSON')
    .action(async (named: string, options: { connection?: string; json?: boolean }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const user = (await findUser(client, named)).id
      const { items } = await client.call('GET /connections/{id}/mapping/test', { params: { id }, query: { user } })
      print(shell, options.json, items, columns)
      if (items.some(({ error }) => error !== null)) shell.exitCode = 3
    })
}
