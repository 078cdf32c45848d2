import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testRuntime } from '../domain/testing.ts'
import { sealedColumns } from './reseal.ts'
import { openStore } from './store.ts'

/** Sealed with keys that are not the instance's. */
const others: readonly string[] = ['half_sign_ins.sealed_password']

test('every sealed column of the store is known to those who change its key', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-reseal-'))
  const store = await openStore({ url: `sqlite:${join(folder, 'lockstep.db')}`, runtime: testRuntime() })
  const columns = (await store.db.introspection.getTables()).flatMap(({ name, columns }) =>
    columns.map((column) => `${name}.${column.name}`),
  )
  await store.close()
  rmSync(folder, { recursive: true })
  const sealed = columns.filter((column) => /[.](sealed|wrapped)/.test(column) && !others.includes(column))
  expect(sealed.sort()).toEqual([...sealedColumns].sort())
})
