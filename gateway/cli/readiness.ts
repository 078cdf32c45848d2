import type { ReadinessRow } from '@lockstep/shared/contract/readiness'
import type { Command } from 'commander'
import { connect, dataOption, findConnection } from './remote.ts'
import type { Shell } from './shell.ts'
import { type Column, print, printJson } from './table.ts'

const columns: Column<ReadinessRow>[] = [
  { title: 'Who', of: ({ email }) => email },
  { title: 'Ready', of: ({ ready, bound }) => (bound ? 'bound' : ready ? 'yes' : 'no') },
  { title: 'To know', of: ({ reasons }) => reasons.map(({ detail }) => detail).join(' ') },
  { title: 'Would', of: ({ operations }) => operations.join(', ') },
]

/** `lockstep readiness`. */
export function addReadiness(program: Command, shell: Shell): void {
  program
    .command('readiness')
    .description('who is ready to be bound, and what we would do; nothing is applied')
    .option('--connection <connection>', 'name or id; not needed when there is only one')
    .option('--all', 'also those whom nothing is to be known of')
    .option('--json', 'print JSON')
    .action(async (options: { connection?: string; all?: boolean; json?: boolean }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const summary = await client.call('GET /connections/{id}/readiness/summary', { params: { id } })
      const rows: ReadinessRow[] = []
      for (let cursor: string | undefined; ; ) {
        const page = await client.call('GET /connections/{id}/readiness', {
          params: { id },
          query: { limit: 500, ...(cursor !== undefined && { cursor }) },
        })
        rows.push(...page.items.filter(({ reasons }) => options.all === true || reasons.length > 0))
        if (page.next === null) break
        cursor = page.next
      }
      if (options.json) return printJson(shell, { summary, people: rows })
      if (rows.length > 0) print(shell, false, rows, columns)
      const would = Object.entries(summary.operations).map(([kind, count]) => `${kind} ${count}`)
      shell.out(`${summary.ready} of ${summary.people} are ready. Would: ${would.join(', ') || 'nothing'}.\n`)
    })
}
