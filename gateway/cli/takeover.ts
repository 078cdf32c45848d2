import type { Group } from '@lockstep/shared/contract/group'
import type { TakeoverPreview } from '@lockstep/shared/contract/takeover'
import type { Command } from 'commander'
import { findGroup } from './groups.ts'
import { connect, dataOption, findConnection } from './remote.ts'
import { CommandError, type Shell } from './shell.ts'
import { printJson } from './table.ts'

type Options = { on?: boolean; off?: boolean; except: string[]; dryRun?: boolean; json?: boolean }

/** `lockstep connections takeover`: whether a sign-in brings the password to the tenant; says first what that means. */
export function addTakeover(connections: Command, shell: Shell): void {
  connections
    .command('takeover')
    .description('whether a sign-in brings the password to the tenant, or only a change does')
    .argument('[connection]', 'name or id')
    .option('--on', 'a sign-in brings it')
    .option('--off', 'only a change brings it')
    .option(
      '--except <group>',
      'with --on: only a change for members of this group',
      (each, all: string[]) => [...all, each],
      [],
    )
    .option('--dry-run', 'only say what it would mean')
    .option('--json', 'print JSON')
    .action(async (named: string | undefined, options: Options, command: Command) => {
      if (options.on === options.off) throw new CommandError('Give --on or --off.', 2)
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, named)
      const except: Group['id'][] = []
      for (const group of options.except) except.push((await findGroup(client, group)).id)
      const enabled = options.on === true
      const preview = await client.call('GET /connections/{id}/password-takeover', {
        params: { id },
        query: { enabled: enabled ? 'true' : 'false', ...(except.length > 0 && { except: except.join(',') }) },
      })
      if (options.dryRun !== true) {
        const settings = { passwordTakeover: enabled, passwordTakeoverExcept: except }
        await client.call('PATCH /connections/{id}', { params: { id }, body: { settings } })
      }
      if (options.json) return printJson(shell, preview)
      shell.out(`${sentencesOf(preview).join('\n')}\n`)
    })
}

const sentencesOf = ({ people, atSignIn, onChange, mails }: TakeoverPreview) => [
  `Of ${people} people, ${atSignIn} bring their password by signing in, ${onChange} by changing it.`,
  mails === 0 ? 'Nobody is reminded by mail.' : `Reminded by mail to sign in: ${mails}.`,
]
