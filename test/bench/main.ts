import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../support/root.ts'
import { idleCycle } from './idle-cycle.ts'
import { passwordChange } from './password-change.ts'
import { provisioning } from './provisioning.ts'
import { markdown, type Row } from './table.ts'

/* Prints figures and writes them to test/artifacts: pnpm bench. Nothing here passes or fails. */
const rows: Row[] = []
for (const measure of [passwordChange, idleCycle, provisioning]) rows.push(...(await measure()))
const table = markdown(rows)
const folder = join(root, 'test/artifacts')
await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'bench.md'), table)
await writeFile(join(folder, 'bench.json'), `${JSON.stringify(rows, null, 2)}\n`)
process.stdout.write(table)
