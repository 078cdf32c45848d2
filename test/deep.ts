// More histories than the test command plays, and others each time: `npm run test:deep`. HISTORIES and SEED may be given.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './support/root.ts'

const env = { HISTORIES: '20000', SEED: String(Date.now() % 1_000_000_000), ...process.env }
console.log(`HISTORIES=${env.HISTORIES} SEED=${env.SEED}`)
const vitest = join(root, 'test/node_modules/.bin/vitest')
const child = spawn(vitest, ['run', '--project', 'test', '--project', 'second-half', 'machine/'], {
  cwd: join(root, 'test'),
  stdio: 'inherit',
  env,
})
child.on('close', (code) => {
  process.exitCode = code ?? 1
})
