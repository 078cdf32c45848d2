import { system } from '../domain/actor.ts'
import { believedForMs, type Claim, contestedBy, raisedEveryMs, type Stamp, unclaimed } from '../domain/claim.ts'
import type { Outcome } from '../domain/failure.ts'
import type { Runtime } from '../domain/runtime.ts'
import type { Marker, Tenant } from '../graph/tenant.ts'
import { type ConnectionRow, findConnection, updateConnection } from '../store/connections.ts'
import { putSetting, readSetting } from '../store/settings.ts'
import type { Change, Store } from '../store/store.ts'
import { type Tenants, writesOf } from './tenants.ts'

/** Whether a tenant follows this gateway and no other: asked before anything is written. */
export type Claims = {
  /** False: another gateway writes there, or a newer copy of this one does, and a person has to decide. */
  ours(connection: ConnectionRow): Promise<boolean>
  forget(connectionId: string): void
}

type Deps = { store: Store; runtime: Runtime; tenants: Tenants }
type Belief = { asked: number; raised: number }

/** What was asked is believed for some minutes; each start of the gateway asks anew and raises the generation. */
export function createClaims(deps: Deps): Claims {
  const beliefs = new Map<string, Belief>()
  const underWay = new Map<string, Promise<boolean>>()

  const ask = async (connection: ConnectionRow): Promise<boolean> => {
    const belief = beliefs.get(connection.id)
    const now = deps.runtime.now()
    if (belief !== undefined && now - belief.asked < believedForMs) return true
    const raise = belief === undefined || now - belief.raised >= raisedEveryMs
    if (!(await claim(deps, connection.id, raise))) return false
    beliefs.set(connection.id, { asked: now, raised: raise ? now : belief.raised })
    return true
  }

  return {
    ours(connection) {
      const shared = underWay.get(connection.id)
      if (shared !== undefined) return shared
      const asked = ask(connection).finally(() => underWay.delete(connection.id))
      underWay.set(connection.id, asked)
      return asked
    },
    forget: (connectionId) => void beliefs.delete(connectionId),
  }
}

export const claimOf = ({ claim }: Pick<ConnectionRow, 'claim'>): Claim =>
  claim === null ? unclaimed : (JSON.parse(claim) as Claim)

/** Looks who holds the tenant and, where that is nobody else, says so there. */
async function claim(deps: Deps, connectionId: string, raise: boolean): Promise<boolean> {
  const connection = await findConnection(deps.store.db, connectionId)
  // An admin may have stopped the writing since somebody began to think of one.
  if (connection === undefined || writesOf(connection) === 'refused') return false
  const tenant = deps.tenants.of(connection)
  const before = claimOf(connection)
  const markers = await tenant.readMarkers(before.groupId)
  // Without the right to read groups nobody can tell; the preflight says so.
  if (markers === null) return true
  const instanceId = await instanceIdOf(deps)
  const contested = contestedBy(instanceId, before, stampsOf(markers))
  if (contested !== null) {
    await contest(deps, connection, instanceId, contested)
    return false
  }
  const marked = markers.find(({ stamp }) => stamp?.instanceId === instanceId)
  if (raise || marked === undefined) await mark(deps, connection, tenant, (marked ?? markers[0])?.groupId ?? null)
  return true
}

export const stampsOf = (markers: readonly Marker[]): Stamp[] => markers.flatMap(({ stamp }) => stamp ?? [])

/** Made at the first claim; a copy of the data folder has it, too, and is told by its generation. */
export async function instanceIdOf({ store, runtime }: Pick<Deps, 'store' | 'runtime'>): Promise<string> {
  const known = await readSetting(store.db, 'instance_id')
  if (known !== undefined) return known
  return await store.change(system, async (change) => {
    change.quiet('the name of this instance')
    const id = (await readSetting(change.trx, 'instance_id')) ?? runtime.newId()
    await putSetting(change.trx, 'instance_id', id)
    return id
  })
}

async function contest(deps: Deps, connection: ConnectionRow, instanceId: string, contested: Stamp): Promise<void> {
  const before = claimOf(connection)
  const error = contested.instanceId === instanceId ? outdatedCopy : anotherGateway
  const known = JSON.stringify(before.contested) === JSON.stringify(contested)
  if (known && connection.error === JSON.stringify(error)) return
  await deps.store.change(system, async (change) => {
    await updateConnection(change.trx, connection.id, {
      claim: JSON.stringify({ ...before, contested }),
      state: 'error',
      error: JSON.stringify(error),
    })
    change.event({
      type: 'connection_error',
      outcome: 'failure',
      connection: connection.id,
      cause: error.code,
      detail: error.detail,
    })
  })
}

const anotherGateway = {
  code: 'another_writer',
  detail: 'Another Lockstep gateway looks after this tenant, so nothing is written to it from here.',
  remedy:
    'Deactivate the connection on one of the two gateways. If this one is to go on, look at its plan and approve it.',
}
const outdatedCopy = {
  code: 'another_writer',
  detail:
    'A newer copy of this gateway has written to the tenant: this one was restored from a backup or copied. Nothing is written from here.',
  remedy: 'End the other copy, look at the plan of this connection, and approve it if it is what you want.',
}

/** A person has approved the plan that was shown: from here on the tenant follows this gateway. */
export async function acceptClaim(change: Change, connection: ConnectionRow, claim: Claim): Promise<void> {
  await updateConnection(change.trx, connection.id, {
    claim: JSON.stringify(claim),
    ...(connection.state === 'error' && { state: 'active' as const, error: null }),
  })
}

/** Our own side first: a mark whose answer was lost is older than what we know, never newer. */
async function mark(deps: Deps, connection: ConnectionRow, tenant: Tenant, groupId: string | null): Promise<void> {
  const before = claimOf(connection)
  const instanceId = await instanceIdOf(deps)
  const generation = before.generation + 1
  const raised: Claim = { ...before, groupId, generation }
  await deps.store.change(system, async (change) => {
    change.quiet('the mark that follows has its own event')
    await updateConnection(change.trx, connection.id, { claim: JSON.stringify(raised) })
  })
  const eventId = deps.runtime.newId()
  let outcome: Outcome<unknown> = { kind: 'unknown', requestId: null, detail: 'The answer was lost.' }
  const write = { eventId, kind: 'mark', groupId, stamp: { instanceId, generation } } as const
  await tenant.writeAll([write], 'interactive', (_, result) => {
    outcome = result
  })
  await recordMark(deps, connection, raised, eventId, outcome)
}

async function recordMark(
  { store }: Deps,
  connection: ConnectionRow,
  raised: Claim,
  eventId: string,
  outcome: Outcome<unknown>,
): Promise<void> {
  const failure = outcome.kind === 'failed' ? outcome.failure : null
  await store.change(system, async (change) => {
    if (outcome.kind === 'done') {
      const groupId = typeof outcome.value === 'string' ? outcome.value : raised.groupId
      await updateConnection(change.trx, connection.id, {
        claim: JSON.stringify({ ...raised, groupId, accepted: null }),
      })
    }
    change.event({
      id: eventId,
      type: 'connection_mark',
      outcome: outcome.kind === 'done' ? 'success' : outcome.kind === 'unknown' ? 'retrying' : 'failure',
      cause: 'marker',
      connection: connection.id,
      changes: [{ attribute: 'generation', before: null, after: String(raised.generation) }],
      requestId: outcome.kind === 'failed' ? outcome.failure.requestId : outcome.requestId,
      detail: failure?.detail ?? null,
    })
  })
}
