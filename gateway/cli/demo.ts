import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { CommandError, type Shell } from './shell.ts'

// Beside gateway/cli in the sources, one level deeper when built.
const places = ['../../test/dist/demo/main.js', '../../../test/dist/demo/main.js']

/** `lockstep demo`: the story lives with the tests and runs as its own process. */
export function addDemo(program: Command, shell: Shell): void {
  program
    .command('demo')
    .description('show the whole path on a practice tenant')
    .option('--once', 'end after the story')
    .action(async (options: { once?: boolean }) => {
      const script = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find(existsSync)
      if (script === undefined) {
        throw new CommandError('The demo comes with the repository. In a clone of it, run: npm run demo')
      }
      const child = spawn(process.execPath, [script, ...(options.once ? ['--once'] : [])], { stdio: 'inherit' })
      const stop = () => child.kill('SIGTERM')
      shell.ending.addEventListener('abort', stop)
      const code = await new Promise<number | null>((resolve, reject) => {
        child.on('error', reject)
        child.on('close', resolve)
      })
      shell.ending.removeEventListener('abort', stop)
      shell.exitCode = code === 0 ? 0 : 1
    })
}
