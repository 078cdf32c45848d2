import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { root } from '../support/root.ts'
import { idleCycle } from './idle-cycle.ts'
import { passwordChange } from './password-change.ts'
import { provisioning } from './provisioning.ts'
import { signInTiming } from './sign-in-timing.ts'
import { markdown, type Row } from './table.ts'

/* Prints figures and writes them to test/artifacts: pnpm bench. Nothing here passes or fails. */
// What else ran on the machine is a part of every figure.
const place = { at: new Date().toISOString(), node: process.version, cores: availableParallelism(), load: load() }
const rows: Row[] = []
for (const measure of [passwordChange, signInTiming, idleCycle, provisioning]) rows.push(...(await measure()))
const table = `${markdown(rows)}
${place.at}, Node ${place.node}, ${place.cores} cores; load before ${place.load}, after ${load()}
`
const folder = join(root, 'test/artifacts')
await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'bench.md'), table)
await writeFile(join(folder, 'bench.json'), `${JSON.stringify({ ...place, rows }, null, 2)}\n`)
process.stdout.write(table)

function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1)
}
