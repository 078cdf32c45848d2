import type { Cloud } from '@lockstep/shared/contract/connection'
import { system } from '../domain/actor.ts'
import type { Log } from '../domain/log.ts'
import { Problem } from '../domain/problem.ts'
import type { Runtime } from '../domain/runtime.ts'
import { Secret } from '../domain/secret.ts'
import type { DelegatedApp, TokenCache } from '../graph/delegated.ts'
import { credentialLost, TenantError } from '../graph/failure.ts'
import { openTenant, type Tenant, type TenantAccess, type TenantOptions } from '../graph/tenant.ts'
import {
  type ConnectionRow,
  keepTokens,
  openCredential,
  openTokens,
  type StoredCredential,
  sealTokens,
} from '../store/connections.ts'
import type { Store } from '../store/store.ts'
import { SealRejected, type Vault } from '../store/vault.ts'

export type Origins = { graph: string; login: string }

/** Sources: "National cloud deployments", read 2026-11-23. */
const clouds: Record<Extract<Cloud, string>, Origins> = {
  global: { graph: 'https://graph.microsoft.com', login: 'https://login.microsoftonline.com' },
  usgov: { graph: 'https://graph.microsoft.us', login: 'https://login.microsoftonline.us' },
  usgovdod: { graph: 'https://dod-graph.microsoft.us', login: 'https://login.microsoftonline.us' },
  china: { graph: 'https://microsoftgraph.chinacloudapi.cn', login: 'https://login.partner.microsoftonline.cn' },
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Where a cloud is. Endpoints are part of the credential: own ones have to be on loopback or be listed by the operator,
 * or else an admin could point a tenant at a server of his own and collect passwords.
 */
export function originsOf(cloud: Cloud, allowed: readonly string[]): Origins {
  if (typeof cloud === 'string') return clouds[cloud]
  for (const origin of [cloud.graph, cloud.login]) {
    if (loopback.test(new URL(origin).hostname) || allowed.includes(origin)) continue
    throw new Problem(
      'cloud_not_allowed',
      `${origin} is neither a Microsoft cloud nor on this machine. An operator can allow it by adding it to "allowedClouds" in lockstep.json.`,
    )
  }
  return cloud
}

/** Open tenants, one per connection and credential. */
export type Tenants = {
  of(connection: ConnectionRow): Tenant
  /** For a connection that is not stored yet. */
  open(options: {
    tenantId: string
    clientId: string
    cloud: Cloud
    credential: StoredCredential
    writes: 'allowed' | 'refused'
    /** Of the sign-in of an administrator. */
    cache?: TokenCache
  }): Tenant
  originsOf(cloud: Cloud): Origins
  forget(connectionId: string): Promise<void>
  close(): Promise<void>
}

export function createTenants(deps: {
  vault: Vault
  runtime: Runtime
  allowedClouds: readonly string[]
  /** At which administrators sign in, and where the tokens of that are kept. */
  delegated?: { app: DelegatedApp | null; store: Store }
  log: Log
  access?: TenantAccess
}): Tenants {
  const open = new Map<string, { key: string; tenant: Tenant }>()
  const create: Tenants['open'] = ({ tenantId, clientId, cloud, credential, writes, cache }) =>
    openTenant({
      cloud: originsOf(cloud, deps.allowedClouds),
      tenantId,
      clientId,
      credential: credentialOf(credential, clientId, cache),
      writes,
      runtime: deps.runtime,
      log: deps.log,
      ...deps.access,
    })
  const credentialOf = (credential: StoredCredential, clientId: string, cache: TokenCache | undefined) => {
    if (credential.kind !== 'delegated') return secretOf(credential)
    if (cache === undefined) throw new Error('A sign-in was opened without its tokens.')
    const app = deps.delegated?.app
    const clientSecret = app?.clientId === clientId ? app.clientSecret : null
    return { kind: credential.kind, homeAccountId: credential.homeAccountId, clientSecret, cache }
  }
  const cacheOf = (connection: ConnectionRow): TokenCache => ({
    kept: readable(() => openTokens(deps.vault, connection)),
    async keep(cache) {
      await deps.delegated?.store.change(system, async (change) => {
        change.quiet('the sign-in service gave other tokens')
        await keepTokens(change.trx, connection, sealTokens(deps.vault, connection.id, cache))
      })
    },
  })
  return {
    open: create,
    originsOf: (cloud) => originsOf(cloud, deps.allowedClouds),
    of(connection) {
      const writes = writesOf(connection)
      const key = `${writes} ${connection.sealed_credential ?? ''}`
      const known = open.get(connection.id)
      if (known?.key === key) return known.tenant
      if (known !== undefined) void known.tenant.close()
      const tenant = create({
        tenantId: connection.tenant_id,
        clientId: connection.client_id,
        cloud: JSON.parse(connection.cloud) as Cloud,
        credential: readable(() => openCredential(deps.vault, connection)),
        writes,
        ...(connection.sealed_tokens !== null && { cache: cacheOf(connection) }),
      })
      open.set(connection.id, { key, tenant })
      return tenant
    },
    async forget(connectionId) {
      const known = open.get(connectionId)
      open.delete(connectionId)
      await known?.tenant.close()
    },
    async close() {
      await Promise.all([...open.values()].map(({ tenant }) => tenant.close()))
      open.clear()
    },
  }
}

/** What cannot be opened was sealed under a key that is lost, or was changed: only a person can bring it again. */
function readable<T>(open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (error instanceof SealRejected) throw new TenantError(credentialLost)
    throw error
  }
}

/** A connection that observes, or is paused cannot write, whatever is planned. */
export function writesOf({ state, settings }: ConnectionRow): 'allowed' | 'refused' {
  const { mode } = JSON.parse(settings) as { mode: 'observe' | 'apply' }
  return mode === 'apply' && state !== 'paused' && state !== 'deactivated' ? 'allowed' : 'refused'
}

function secretOf(credential: Exclude<StoredCredential, { kind: 'delegated' }>): TenantOptions['credential'] {
  return credential.kind === 'secret'
    ? { kind: 'secret', secret: new Secret(credential.secret) }
    : { kind: 'certificate', pem: credential.pem, privateKeyPem: new Secret(credential.privateKeyPem) }
}
