import { type Command, InvalidArgumentError } from 'commander'
import { startGateway } from '../main.ts'
import { dataFolderOf } from '../settings.ts'
import { announce, withdraw } from './address.ts'
import { dataOption } from './remote.ts'
import type { Shell } from './shell.ts'

/** `lockstep serve`: one line with the URL on standard output when it is ready, its log on standard error. */
export function addServe(program: Command, shell: Shell): void {
  program
    .command('serve')
    .description('run the gateway')
    .option('--data <folder>', 'data folder (LOCKSTEP_DATA, else .data)')
    .option('--port <port>', 'port to listen on (LOCKSTEP_PORT)', port)
    .option('--host <host>', 'address to listen on (LOCKSTEP_HOST)')
    .action(async (options: { port?: string; host?: string }, command: Command) => {
      const dataFolder = dataFolderOf(dataOption(command), shell.env)
      const gateway = await startGateway({
        dataFolder,
        env: {
          ...shell.env,
          ...(options.port !== undefined && { LOCKSTEP_PORT: options.port }),
          ...(options.host !== undefined && { LOCKSTEP_HOST: options.host }),
        },
        log: (line) => shell.err(`${line}\n`),
      })
      await announce(dataFolder, gateway.localUrl)
      shell.out(
        gateway.sealed === null
          ? `Lockstep is ready at ${gateway.url}\n`
          : `Lockstep is sealed at ${gateway.url} until it has its key. ${gateway.sealed} Then start it again.\n`,
      )
      await ended(shell.ending)
      await withdraw(dataFolder)
      await gateway.close()
    })
}

function port(text: string): string {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return text
  throw new InvalidArgumentError('Give a port from 0 to 65535.')
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
