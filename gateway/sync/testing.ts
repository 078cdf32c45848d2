import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { system } from '../domain/actor.ts'
import { type TestRuntime, testRuntime } from '../domain/testing.ts'
import type { Tenant } from '../graph/tenant.ts'
import { insertConnection } from '../store/connections.ts'
import { openStore } from '../store/store.ts'
import { testVault } from '../store/testing.ts'
import { insertUser } from '../store/users.ts'
import { defaultSettings } from './connections.ts'
import type { SyncContext } from './context.ts'
import { createGates } from './gates.ts'
import { originsOf } from './tenants.ts'

/** The connection of a test engine. */
export const testConnection = 'c1'

/** An engine on a store of its own, with one connection that writes, and a tenant that a test plays. */
export type TestSync = {
  context: SyncContext
  runtime: TestRuntime
  /** A person who is active; returns the id. */
  addPerson(name: string): Promise<string>
  close(): Promise<void>
}

export async function testSync(tenant: Partial<Tenant>): Promise<TestSync> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-sync-'))
  const runtime = testRuntime()
  const vault = testVault(1, runtime)
  const store = await openStore({ url: `sqlite:${join(folder, 'lockstep.db')}`, runtime, vault })
  await store.change(system, async (change) => {
    change.quiet('test')
    await insertConnection(change.trx, {
      id: testConnection,
      name: 'Contoso',
      tenant_id: 'tenant',
      tenant_name: 'Contoso',
      domains: '["contoso.example"]',
      default_domain: 'contoso.example',
      cloud: '"global"',
      client_id: 'client',
      sealed_credential: null,
      service_principal_id: null,
      state: 'active',
      settings: JSON.stringify({ ...defaultSettings, mode: 'apply' }),
      created_at: change.now,
    })
  })
  const played = tenant as Tenant
  return {
    runtime,
    context: {
      store,
      vault,
      runtime,
      gates: createGates(),
      claims: { ours: async () => true, forget: () => undefined },
      tell: async () => undefined,
      tellAdmins: async () => undefined,
      log: () => undefined,
      tenants: {
        of: () => played,
        open: () => played,
        originsOf: (cloud) => originsOf(cloud, []),
        forget: async () => undefined,
        close: async () => undefined,
      },
    },
    async addPerson(name) {
      const id = runtime.newId()
      await store.change(system, async (change) => {
        change.quiet('test')
        await insertUser(change.trx, {
          id,
          email: `${name}@contoso.example`,
          display_name: name,
          given_name: null,
          family_name: null,
          alternate_email: null,
          state: 'active',
          role: null,
          attributes: '{}',
          manager_id: null,
          created_at: change.now,
          updated_at: change.now,
        })
      })
      return id
    },
    async close() {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}
