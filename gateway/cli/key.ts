import type { Command } from 'commander'
import { dataFolderOf, readSettings } from '../settings.ts'
import { confirmRecovery, recoveryKey, restoreKey, rotateHere, startAnew, whileStopped } from './local-keys.ts'
import { connect, dataOption } from './remote.ts'
import { CommandError, readLine, type Shell } from './shell.ts'

/** `lockstep key`: the key that seals passwords, credentials and second factors. */
export function addKey(program: Command, shell: Shell): void {
  const key = program.command('key').description('the key that seals what the store must not show')
  const folderOf = (command: Command) => dataFolderOf(dataOption(command), shell.env)
  addRotate(key, shell, folderOf)
  addRecovery(key, shell, folderOf)
  addLost(key, shell, folderOf)
}

type FolderOf = (command: Command) => string

function addRotate(key: Command, shell: Shell, folderOf: FolderOf): void {
  key
    .command('rotate')
    .description('seal everything anew under a new key, whether or not the gateway runs')
    .option(
      '--to <file>',
      'put the new key there, for a key that is not in a file of the gateway; it has to be stopped',
    )
    .action(async ({ to }: { to?: string }, command: Command) => {
      const folder = folderOf(command)
      const isRemote = shell.env['LOCKSTEP_URL'] !== undefined
      const here = isRemote ? null : await whileStopped(folder, () => rotateHere(folder, shell.env, to))
      if (here === null && to !== undefined) throw new CommandError('Stop the gateway first, then run this again.')
      const done = here ?? (await (await connect(shell, dataOption(command))).client.call('POST /key/rotation', {}))
      shell.out(`${done.resealed} values were sealed anew. Backups from before still need the former key.\n`)
      if (to !== undefined)
        shell.out(`From now on start the gateway with LOCKSTEP_KEY_FILE=${to}, or with what is in it.\n`)
      if (done.unreadable === 0) return
      shell.err(`${done.unreadable} values could not be opened before and were left as they are.\n`)
      shell.exitCode = 3
    })
}

function addRecovery(key: Command, shell: Shell, folderOf: FolderOf): void {
  key
    .command('recovery')
    .description('make the recovery key, with which a lost key can be had back, and show it this once')
    .option('--confirm', 'type it in, so that it is certain that somebody has it')
    .action(async ({ confirm }: { confirm?: boolean }, command: Command) => {
      const folder = folderOf(command)
      if (confirm) {
        await confirmRecovery(folder, shell.env, await askFor(shell))
        return shell.out('The recovery key is right. Keep it apart from the data and the backups.\n')
      }
      const text = await recoveryKey(folder, shell.env)
      shell.out(`Recovery key, shown only now:\n\n  ${text}\n\n`)
      shell.out('Write it down, keep it apart from the data, then run: lockstep key recovery --confirm\n')
    })

  key
    .command('restore')
    .description('get the key of a store back with the recovery key')
    .option('--to <file>', 'where to write it; otherwise where the gateway looks for it')
    .action(async ({ to }: { to?: string }, command: Command) => {
      const file = await restoreKey(folderOf(command), shell.env, await askFor(shell), to)
      shell.out(`The key is in ${file} again. Start the gateway.\n`)
    })
}

function addLost(key: Command, shell: Shell, folderOf: FolderOf): void {
  key
    .command('lost')
    .description('go on with a new key after the former one and the recovery key are lost for good')
    .requiredOption('--confirm <organisation>', 'the name of the organisation, since this cannot be taken back')
    .action(async ({ confirm }: { confirm: string }, command: Command) => {
      const folder = folderOf(command)
      const { organisation } = await readSettings(folder, shell.env)
      if (confirm !== organisation) throw new CommandError(`Confirm with --confirm "${organisation}".`, 2)
      const lost = await whileStopped(folder, () => startAnew(folder, shell.env))
      if (lost === null) throw new CommandError('Stop the gateway first, then run this again.')
      shell.out(
        [
          'There is a new key. What has to be done now:',
          '1. Make yourself an administrator again: lockstep admin create --email YOU',
          `2. Enter the credentials of ${lost.connections} connections: lockstep connections credential NAME --secret-stdin`,
          `3. ${lost.passwords} people choose a new password with "Forgot your password?" on the sign-in page.`,
          `4. ${lost.waiting} passwords that were on their way come with the next sign-in; nobody has to do anything.`,
          '5. Keep the next one: lockstep key recovery',
          '',
        ].join('\n'),
      )
    })
}

/** Typed or piped in; never an argument, which others on the machine could read. */
async function askFor(shell: Shell): Promise<string> {
  if (shell.terminal) shell.err('Recovery key: ')
  const text = await readLine(shell.stdin)
  if (text === '') throw new CommandError('Type the recovery key, or pipe it in.', 2)
  return text
}
