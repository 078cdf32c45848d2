import type { Log } from '../domain/log.ts'
import type { Runtime } from '../domain/runtime.ts'
import type { Store } from '../store/store.ts'
import type { Vault } from '../store/vault.ts'
import type { Claims } from './claims.ts'
import type { Gates } from './gates.ts'
import type { Tenants } from './tenants.ts'

export type SyncContext = {
  store: Store
  vault: Vault
  runtime: Runtime
  tenants: Tenants
  gates: Gates
  claims: Claims
  log: Log
}
