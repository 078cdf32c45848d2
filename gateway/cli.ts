#!/usr/bin/env node
import './cli/small-heap.ts'
import { refuseDumps } from './cli/no-dumps.ts'
import { runCommand } from './cli/program.ts'
import { takeSecrets } from './cli/take-secrets.ts'

refuseDumps()
const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second time is meant seriously.
    if (ending.signal.aborted) process.exit(1)
    ending.abort()
  })
}
// A reader that has seen enough, such as "head", is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

process.exitCode = await runCommand(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  stdin: process.stdin,
  terminal: process.stderr.isTTY === true,
  env: takeSecrets(process.env),
  fetch: (url, init) => fetch(url, init),
  ending: ending.signal,
  exitCode: 0,
})
