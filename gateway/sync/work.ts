import { type Actor, system } from '../domain/actor.ts'
import { skusOf } from '../domain/licence-operation.ts'
import { type BlockCause, type Operation, passwordOf } from '../domain/operation.ts'
import { plan } from '../domain/plan.ts'
import { Secret } from '../domain/secret.ts'
import { closed } from '../graph/failure.ts'
import type { Tenant, Write } from '../graph/tenant.ts'
import { type BindingRow, updateBinding } from '../store/bindings.ts'
import { dropBlockIntent, intendBlock } from '../store/blocks.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { dropTicket, putTicket } from '../store/password-tickets.ts'
import { erasePending, findPending, openPending } from '../store/pending-passwords.ts'
import type { Lane } from '../store/store.ts'
import { SealRejected } from '../store/vault.ts'
import type { SyncContext } from './context.ts'
import type { Unit } from './load.ts'
import type { Applied, Planned } from './planned.ts'
import { randomPassword } from './random-password.ts'
import { recordBeforeImage, recordOperation } from './record.ts'
import { recordVerdict, settleBinding } from './settle-binding.ts'

export const planUnits = (units: readonly Unit[]): Planned[] =>
  units.map((unit) => ({ unit, plan: plan(unit.desired, unit.target) }))

/** Who wants it done, how urgently, and in which cycle if in one. */
export type WorkBy = { actor: Actor; lane: Lane; cycleId: string | null }

/**
 * Applies plans and records every outcome with its event as it arrives. Operations of one account go in order; a binding is
 * settled when the last of its operations has an outcome.
 */
export async function work(
  context: SyncContext,
  connection: ConnectionRow,
  tenant: Tenant,
  by: WorkBy,
  planned: readonly Planned[],
): Promise<Map<string, Applied[]>> {
  const { actor, lane } = by
  const applied = new Map<string, Applied[]>()
  const sends: Send[] = []
  for (const each of planned) {
    const prepared = await prepare(context, connection, each)
    // A password was replaced since the plan was made: the binding is still marked, and the next plan knows better.
    if (prepared === null) continue
    applied.set(each.unit.user.id, [])
    if (prepared.length === 0) await recordVerdict(context, connection, actor, each)
    const remaining = { count: prepared.length }
    for (const { operation, eventId, write } of prepared) {
      if (write !== null) sends.push({ planned: each, operation, write, remaining })
      else {
        const outcome = { kind: 'done', requestId: null, value: undefined } as const
        await finish(context, connection, by, each, { operation, eventId, outcome }, remaining, applied)
      }
    }
  }
  await intend(context, connection, sends)
  await tenant.writeAll(
    sends.map(({ write }) => write),
    lane,
    async (index, outcome) => {
      const send = sends[index]
      if (send === undefined) return
      const one = { operation: send.operation, eventId: send.write.eventId, outcome }
      await finish(context, connection, by, send.planned, one, send.remaining, applied)
    },
  )
  return applied
}

/** What cannot be derived again once an answer is lost is stored before anything goes out. */
async function intend(context: SyncContext, connection: ConnectionRow, sends: readonly Send[]): Promise<void> {
  const isIntended = ({ operation }: Send) => operation.kind === 'deprovision' || passwordOf(operation) !== null
  if (!sends.some(isIntended)) return
  await context.store.change(system, async (change) => {
    change.quiet('the writes that follow have their own events')
    const { trx, now } = change
    for (const { operation, write } of sends) {
      if (operation.kind === 'deprovision')
        await intendBlock(trx, connection.id, operation.accountId, operation.reason as BlockCause, now)
      const version = passwordOf(operation)
      const key = { connectionId: connection.id, userId: operation.userId }
      if (version !== null) await putTicket(trx, key, { eventId: write.eventId, version, now })
    }
  })
}

type Send = { planned: Planned; operation: Operation; write: Write; remaining: { count: number } }
type Prepared = { operation: Operation; eventId: string; write: Write | null }

async function finish(
  context: SyncContext,
  connection: ConnectionRow,
  { actor, cycleId }: WorkBy,
  planned: Planned,
  one: Applied,
  remaining: { count: number },
  applied: Map<string, Applied[]>,
): Promise<void> {
  if (neverSent(one)) return await forget(context, connection, one)
  const all = applied.get(planned.unit.user.id) ?? []
  all.push(one)
  remaining.count -= 1
  await context.store.change(actor, async (change) => {
    const { user, binding } = planned.unit
    await recordOperation(context, change, connection, planned.unit, one)
    await recordBeforeImage(change, connection, { userId: user.id, jobId: binding.job_id, cycleId }, one)
    if (remaining.count === 0) await settleBinding(context, change, connection, planned, all)
  })
}

/** We closed before it went out. Nothing has happened that an event could tell of, and the binding is still marked. */
const neverSent = ({ outcome }: Applied) =>
  outcome.kind === 'failed' && outcome.failure.code === closed.code && (outcome.stepsDone ?? 0) === 0

async function forget(
  { store }: SyncContext,
  connection: ConnectionRow,
  { operation, eventId }: Applied,
): Promise<void> {
  await store.change(system, async (change) => {
    change.quiet('nothing was sent')
    if (passwordOf(operation) !== null) await dropTicket(change.trx, eventId)
    if (operation.kind === 'deprovision') await dropBlockIntent(change.trx, connection.id, operation.accountId)
  })
}

/** The writes of a plan; a null write has nothing to send (a takeover that changes nothing). Null when outdated. */
async function prepare(
  context: SyncContext,
  connection: ConnectionRow,
  { unit, plan }: Planned,
): Promise<Prepared[] | null> {
  const prepared: Prepared[] = []
  for (const operation of plan.operations) {
    const eventId = context.runtime.newId()
    const write = await writeOf(context, connection, unit.binding, operation, eventId)
    if (write === 'outdated') return null
    prepared.push({ operation, eventId, write })
  }
  return prepared
}

async function writeOf(
  context: SyncContext,
  connection: ConnectionRow,
  binding: BindingRow,
  operation: Operation,
  eventId: string,
): Promise<Write | null | 'outdated'> {
  switch (operation.kind) {
    case 'provision': {
      const password =
        operation.passwordVersion === null
          ? nobodys(context)
          : await waitingPassword(context, connection, binding, operation.passwordVersion, '')
      return password === null ? 'outdated' : { eventId, kind: 'create', account: operation.account, password }
    }
    case 'take_over':
    case 'update': {
      if (operation.changes.length === 0) return null
      const changes = Object.fromEntries(operation.changes.map((change) => [change.attribute, change.after]))
      return { eventId, kind: 'update', accountId: operation.accountId, changes }
    }
    case 'set_password': {
      const password = await waitingPassword(context, connection, binding, operation.version, operation.accountId)
      if (password === null) return 'outdated'
      return { eventId, kind: 'set_password', accountId: operation.accountId, password, mustChange: false }
    }
    case 'end_password':
      return {
        eventId,
        kind: 'set_password',
        accountId: operation.accountId,
        password: nobodys(context),
        mustChange: false,
      }
    case 'deprovision':
      return { eventId, kind: 'block', accountId: operation.accountId }
    case 'reprovision':
      return { eventId, kind: 'enable', accountId: operation.accountId }
    case 'restore':
      return { eventId, kind: 'restore', accountId: operation.accountId }
    case 'revoke_sessions':
      return { eventId, kind: 'revoke_sessions', accountId: operation.accountId }
    case 'licence':
      return { eventId, kind: 'licence', accountId: operation.accountId, ...skusOf(operation.changes) }
  }
}

const nobodys = ({ runtime }: SyncContext) => new Secret(randomPassword((count) => runtime.randomBytes(count)))

/**
 * Opened here and not sooner; null when that version does not wait any more. A record that was tampered with, or is meant
 * for another account, is erased: the person's next sign-in seals a new one.
 */
export async function waitingPassword(
  context: SyncContext,
  connection: ConnectionRow,
  binding: Pick<BindingRow, 'user_id'>,
  version: number,
  accountId: string,
): Promise<Secret | null> {
  const owner = { connectionId: connection.id, userId: binding.user_id }
  const row = await findPending(context.store.db, owner, version)
  if (row === undefined) return null
  try {
    return openPending(context.vault, row, { accountId, tenantId: connection.tenant_id })
  } catch (error) {
    if (!(error instanceof SealRejected)) throw error
    await context.store.change(system, async (change) => {
      await erasePending(change.trx, owner, { version })
      await updateBinding(
        change.trx,
        { connection_id: connection.id, user_id: binding.user_id },
        { password_state: 'awaiting_login' },
      )
      change.event({
        type: 'password_seal_rejected',
        outcome: 'failure',
        user: binding.user_id,
        connection: connection.id,
        account: accountId,
      })
    })
    return null
  }
}
