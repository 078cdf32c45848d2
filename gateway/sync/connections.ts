import type {
  Connection,
  ConnectionSettings,
  CreateConnection,
  PreflightCheck,
} from '@lockstep/shared/contract/connection'
import { type Actor, system } from '../domain/actor.ts'
import { defaultBrake } from '../domain/brake.ts'
import type { Claim } from '../domain/claim.ts'
import { Problem } from '../domain/problem.ts'
import type { Quarantine } from '../domain/quarantine.ts'
import { defaultReminders } from '../domain/reminder.ts'
import { senderCheck } from '../domain/sender-records.ts'
import type { SignedIn } from '../graph/delegated.ts'
import type { Preflight } from '../graph/tenant.ts'
import { countBindings, markConnectionDirty, markDriftedDirty } from '../store/bindings.ts'
import {
  type ConnectionRow,
  insertConnection,
  listConnections,
  type StoredCredential,
  sealCredential,
  updateConnection,
} from '../store/connections.ts'
import { markConnectionGroupsDirty } from '../store/group-bindings.ts'
import { findGroup } from '../store/groups.ts'
import type { Change } from '../store/store.ts'
import { buryConnection, eraseTombstone, returnBindings, tombstoneMs } from '../store/tombstones.ts'
import type { SyncContext } from './context.ts'
import { keepCredentialEnd } from './credential-end.ts'
import { defaultFollowing, settingsOf, wantsOthers } from './following.ts'
import { assertRules } from './list-licences.ts'
import { runPreflight } from './preflight.ts'
import { authoriserOf } from './protection.ts'
import { quarantineOf } from './quarantine.ts'
import { requireConnection } from './require-connection.ts'
import type { Runner } from './runner.ts'
import { authorisation, delegatedCredential, heldTokens } from './sign-in-credential.ts'

export const defaultSettings: ConnectionSettings = {
  mode: 'observe',
  passwordTakeover: true,
  passwordTakeoverExcept: [],
  signInReminders: [...defaultReminders],
  driftPolicy: 'notify',
  notifyOnBind: true,
  breakGlass: [],
  brake: defaultBrake,
  autoImport: null,
  ...defaultFollowing,
}

const iso = (at: number) => new Date(at).toISOString()

export async function presentConnection(context: SyncContext, row: ConnectionRow): Promise<Connection> {
  const lastCycle =
    row.last_cycle === null
      ? null
      : (JSON.parse(row.last_cycle) as {
          id?: string
          at: number
          took: number
          observed: number
          applied: number
          failed: number
        })
  return {
    id: row.id as Connection['id'],
    name: row.name,
    tenantId: row.tenant_id,
    tenantName: row.tenant_name,
    domains: JSON.parse(row.domains) as string[],
    defaultDomain: row.default_domain,
    cloud: JSON.parse(row.cloud) as Connection['cloud'],
    clientId: row.client_id,
    authorisedBy: authoriserOf(row),
    state: row.state === 'deactivated' ? 'paused' : row.state,
    error: row.error === null ? null : withoutFlag(JSON.parse(row.error) as NonNullable<Connection['error']>),
    lastCycle: lastCycle === null ? null : { ...lastCycle, at: iso(lastCycle.at) },
    counts: await countBindings(context.store.db, row.id),
    brake: row.brake === null ? null : (JSON.parse(row.brake) as Connection['brake']),
    quarantine: presentQuarantine(quarantineOf(row)),
    returning: row.returning === 1,
    credentialExpiresAt: row.credential_ends_at === null ? null : iso(row.credential_ends_at),
    settings: { ...defaultSettings, ...(JSON.parse(row.settings) as ConnectionSettings) },
  }
}

const presentQuarantine = (quarantine: Quarantine | null): Connection['quarantine'] =>
  quarantine && {
    since: iso(quarantine.since),
    reason: quarantine.reason,
    nextAttemptAt: iso(quarantine.nextAttemptAt),
  }

const withoutFlag = ({ code, detail, remedy }: NonNullable<Connection['error']>) => ({ code, detail, remedy })

/** Connects a tenant: everything is proved before anything is stored. */
export async function createConnection(
  context: SyncContext,
  runner: Runner,
  actor: Actor,
  input: CreateConnection,
  signedIn: SignedIn | null = null,
): Promise<Connection> {
  const taken = (await listConnections(context.store.db)).find((row) => row.tenant_id === input.tenantId)
  if (taken !== undefined) {
    throw new Problem(
      'tenant_already_connected',
      `This tenant is connected already, as "${taken.name}". Change that connection instead.`,
    )
  }
  const credential = signedIn === null ? credentialOf(input) : delegatedCredential(signedIn)
  const tokens = signedIn && heldTokens(signedIn)
  const tenant = context.tenants.open({
    tenantId: input.tenantId,
    clientId: input.clientId,
    cloud: input.cloud,
    credential,
    writes: 'refused',
    ...(tokens && { cache: tokens }),
  })
  let preflight: Awaited<ReturnType<typeof runPreflight>>
  try {
    preflight = await runPreflight(context, tenant, null)
  } finally {
    await tenant.close()
  }
  refuseFailed(preflight)
  await assertRules(context, input.settings?.licences)
  const id = context.runtime.newId()
  const managed = preflight.domains
    .filter((domain) => domain.verified && !domain.federated)
    .map((domain) => domain.name.toLowerCase())
  await context.store.change(actor, async (change) => {
    await refuseSharedDomains(change, managed)
    await requireGroups(change, input.settings)
    await insertConnection(change.trx, {
      id,
      name: input.name,
      tenant_id: input.tenantId,
      tenant_name: preflight.tenantName,
      domains: JSON.stringify(managed),
      default_domain: preflight.domains.find((domain) => domain.isDefault)?.name.toLowerCase() ?? managed[0] ?? '',
      cloud: JSON.stringify(input.cloud),
      client_id: input.clientId,
      sealed_credential: sealCredential(context.vault, id, credential),
      service_principal_id: preflight.servicePrincipalId,
      state: 'active',
      settings: JSON.stringify(changedSettings(defaultSettings, input.settings)),
      created_at: context.runtime.now(),
    })
    await updateConnection(change.trx, id, {
      claim: claimed(preflight.claim),
      ...(signedIn && tokens && authorisation(context, id, signedIn, tokens)),
    })
    await keepCredentialEnd(context, change, id, preflight.credentialEndsAt)
    change.event({ type: 'connection_create', connection: id, detail: `${input.name}: ${preflight.tenantName}` })
    const returned = await returnBindings(change.trx, { id, tenant_id: input.tenantId }, change.now)
    if (returned === 0) return
    // Nothing is written before a person has seen what would be.
    const settings = changedSettings(defaultSettings, { ...input.settings, mode: 'observe' })
    await updateConnection(change.trx, id, { returning: 1, settings: JSON.stringify(settings) })
    change.event({ type: 'connection_return', connection: id, detail: `${returned} people were bound before.` })
  })
  runner.add(id)
  return await presentConnection(context, await requireConnection(context, id))
}

const claimed = (claim: Claim) => (claim.groupId === null ? null : JSON.stringify(claim))

function credentialOf(input: Pick<CreateConnection, 'clientSecret' | 'certificate'>): StoredCredential {
  if (input.certificate !== undefined) return { kind: 'certificate', ...input.certificate }
  return { kind: 'secret', secret: input.clientSecret ?? '' }
}

export function refuseFailed(preflight: Preflight): void {
  const failed = preflight.checks.filter((check) => !check.ok && check.level === 'error')
  if (failed.length === 0) return
  const codes = { reseller: 'tenant_managed_by_reseller', another_gateway: 'tenant_already_connected' } as const
  const known = failed.map(({ check }) => codes[check as keyof typeof codes]).find((code) => code !== undefined)
  throw new Problem(
    known ?? 'preflight_failed',
    `${failed.map((check) => check.detail).join(' ')} Mend what is listed and connect again; nothing was stored.`,
    {
      errors: failed.map((check) => ({
        path: check.check,
        message: [check.detail, check.remedy].filter(Boolean).join(' '),
      })),
    },
  )
}

async function refuseSharedDomains({ trx }: Change, domains: readonly string[]): Promise<void> {
  for (const row of await listConnections(trx)) {
    const shared = (JSON.parse(row.domains) as string[]).find((domain) => domains.includes(domain))
    if (shared !== undefined) {
      throw new Problem(
        'tenant_already_connected',
        `The domain ${shared} belongs to the connection "${row.name}" already.`,
      )
    }
  }
}

export async function preflightConnection(context: SyncContext, id: string): Promise<PreflightCheck[]> {
  const connection = await requireConnection(context, id)
  const [preflight, sender] = await Promise.all([
    runPreflight(context, context.tenants.of(connection), connection),
    context.senderRecords?.(),
  ])
  if (preflight.signedIn)
    await context.store.change(system, (change) => keepCredentialEnd(context, change, id, preflight.credentialEndsAt))
  return [...preflight.checks, ...(sender === undefined ? [] : [senderCheck(sender)])]
}

/** The settings with those that were given; what is absent stays. */
function changedSettings(before: ConnectionSettings, given: UpdateConnection['settings']): ConnectionSettings {
  const present = Object.entries(given ?? {}).filter(([, value]) => value !== undefined)
  return { ...before, ...(Object.fromEntries(present) as Partial<ConnectionSettings>) }
}

async function requireGroups({ trx }: Change, settings: UpdateConnection['settings']): Promise<void> {
  for (const id of [...(settings?.scope?.groups ?? []), ...(settings?.passwordTakeoverExcept ?? [])])
    if ((await findGroup(trx, id)) === undefined)
      throw new Problem('group_not_found', 'A group in the settings does not exist. Look for it in the list of groups.')
}

export type UpdateConnection = {
  name?: string | undefined
  settings?: { [K in keyof ConnectionSettings]?: ConnectionSettings[K] | undefined } | undefined
  clientSecret?: string | undefined
  certificate?: { pem: string; privateKeyPem: string } | undefined
}

/** Renames, changes settings, or swaps the credential once the new one has proved itself. */
export async function updateConnectionSettings(
  context: SyncContext,
  runner: Runner,
  actor: Actor,
  id: string,
  input: UpdateConnection,
): Promise<Connection> {
  const connection = await requireConnection(context, id)
  await assertRules(context, input.settings?.licences)
  const swap = input.clientSecret !== undefined || input.certificate !== undefined
  const credential = credentialOf(input)
  let preflight: Preflight | null = null
  if (swap) {
    const cloud = JSON.parse(connection.cloud) as Connection['cloud']
    const tenant = context.tenants.open({
      tenantId: connection.tenant_id,
      clientId: connection.client_id,
      cloud,
      credential,
      writes: 'refused',
    })
    try {
      preflight = await runPreflight(context, tenant, connection)
      refuseFailed(preflight)
    } finally {
      await tenant.close()
    }
  }
  const before = settingsOf(connection)
  const settings = changedSettings(before, input.settings)
  await context.store.change(actor, async (change) => {
    await requireGroups(change, input.settings)
    if (wantsOthers(before, settings)) {
      await markConnectionDirty(change.trx, id)
      await markConnectionGroupsDirty(change.trx, id)
    }
    await updateConnection(change.trx, id, {
      settings: JSON.stringify(settings),
      ...(input.name !== undefined && { name: input.name }),
      ...(swap && {
        sealed_credential: sealCredential(context.vault, id, credential),
        state: 'active' as const,
        error: null,
        quarantine: null,
        authorised_by: null,
        sealed_tokens: null,
      }),
    })
    if (preflight !== null) await keepCredentialEnd(context, change, id, preflight.credentialEndsAt)
    if (settings.driftPolicy !== before.driftPolicy) await markDriftedDirty(change.trx, id)
    change.event({
      type: swap ? 'connection_credential_change' : 'connection_update',
      connection: id,
      changes: Object.keys(input.settings ?? {}).map((key) => ({
        attribute: key,
        before: JSON.stringify(before[key as keyof ConnectionSettings]),
        after: JSON.stringify(settings[key as keyof ConnectionSettings]),
      })),
    })
  })
  runner.wake(id)
  return await presentConnection(context, await requireConnection(context, id))
}

export async function setPaused(
  context: SyncContext,
  runner: Runner,
  actor: Actor,
  id: string,
  paused: boolean,
): Promise<Connection> {
  const connection = await requireConnection(context, id)
  const state = paused ? 'paused' : 'active'
  if (connection.state !== state) {
    await context.store.change(actor, async (change) => {
      await updateConnection(change.trx, id, { state, ...(!paused && { error: null, quarantine: null }) })
      change.event({ type: paused ? 'connection_pause' : 'connection_resume', connection: id })
    })
    if (!paused) runner.wake(id)
  }
  return await presentConnection(context, await requireConnection(context, id))
}

/**
 * Deactivates: secrets, delta token and cached accounts go at once, accounts in the tenant stay as they are. Who was bound
 * to what is kept for 30 days, so that connecting the tenant again is one plan; purged, that goes too.
 */
export async function deleteConnection(
  context: SyncContext,
  runner: Runner,
  actor: Actor,
  id: string,
  input: { confirm: string; purge?: 'now' | undefined },
): Promise<void> {
  const connection = await requireConnection(context, id)
  if (input.confirm !== connection.name) {
    throw new Problem('confirmation_mismatch', `Give the connection's name, "${connection.name}", as confirmation.`)
  }
  await runner.remove(id)
  const purge = input.purge === 'now'
  await context.store.change(actor, async (change) => {
    if (purge) await eraseTombstone(change.trx, connection.tenant_id)
    else await buryConnection(change.trx, connection, change.now + tombstoneMs)
    for (const table of [
      'pending_passwords',
      'account_addresses',
      'account_terms',
      'import_links',
      'leavers',
      'accounts',
    ] as const) {
      await change.trx.deleteFrom(table).where('connection_id', '=', id).execute()
    }
    await change.trx.deleteFrom('bindings').where('connection_id', '=', id).execute()
    await change.trx.deleteFrom('connections').where('id', '=', id).execute()
    if (purge) await change.trx.deleteFrom('before_images').where('connection_id', '=', id).execute()
    change.event({
      type: 'connection_delete',
      cause: purge ? 'purged' : 'deactivated',
      connection: id,
      detail: connection.name,
    })
  })
}
