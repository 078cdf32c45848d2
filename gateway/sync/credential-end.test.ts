import { afterEach, expect, test } from 'vitest'
import { TenantError, unreachable } from '../graph/failure.ts'
import type { Tenant } from '../graph/tenant.ts'
import { findConnection } from '../store/connections.ts'
import { followCredential } from './credential-end.ts'
import { type TestSync, testConnection, testSync } from './testing.ts'

const dayMs = 86_400_000
let sync: TestSync
afterEach(() => sync.close())

/** Follows the credential for days, an hour at a time, as cycles do; returns how often the tenant was asked. */
async function follow(hours: number, endsAt: () => Promise<number | null>): Promise<number> {
  let asked = 0
  const tenant = {
    credentialEndsAt: () => {
      asked++
      return endsAt()
    },
  } as Pick<Tenant, 'credentialEndsAt'>
  for (let hour = 0; hour < hours; hour++) {
    const connection = await findConnection(sync.context.store.db, testConnection)
    if (connection !== undefined) await followCredential(sync.context, connection, tenant)
    await sync.runtime.advance(3_600_000)
  }
  return asked
}

const causes = async () =>
  (await sync.context.store.db.selectFrom('events').select('cause').orderBy('seq').execute()).map(({ cause }) => cause)

test('it is asked for once a day, and each warning is given once', async () => {
  sync = await testSync({})
  let mails = 0
  sync.context.tellAdmins = async () => void mails++
  const end = sync.runtime.now() + 65 * dayMs
  expect(await follow(70 * 24, async () => end)).toBe(70)
  expect(await causes()).toEqual(['60_days', '30_days', '14_days', '7_days', '1_days'])
  expect(mails).toBe(5)
})

test('a tenant that cannot be asked is asked again with the next cycle, and what is known stays', async () => {
  sync = await testSync({})
  const end = sync.runtime.now() + 90 * dayMs
  await follow(24, async () => end)
  const gone = () => Promise.reject(new TenantError(unreachable('ECONNREFUSED')))
  expect(await follow(3, gone)).toBe(3)
  expect(await findConnection(sync.context.store.db, testConnection)).toMatchObject({ credential_ends_at: end })
})
