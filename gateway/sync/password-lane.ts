import type { AccountId } from '@lockstep/shared/contract/ids'
import { type Actor, system } from '../domain/actor.ts'
import type { Outcome } from '../domain/failure.ts'
import type { BindingRow } from '../store/bindings.ts'
import { bindingsOfUser, findBinding } from '../store/bindings.ts'
import { type ConnectionRow, findConnection } from '../store/connections.ts'
import { membersAmong } from '../store/groups.ts'
import { putTicket } from '../store/password-tickets.ts'
import { findProposal, markProposalSent } from '../store/proposals.ts'
import type { SyncContext } from './context.ts'
import { settingsOf } from './following.ts'
import { gateKey } from './gates.ts'
import { closeTicket, passwordArrived } from './record.ts'
import { syncBindings } from './sync-bindings.ts'
import { waitingPassword } from './work.ts'

/** What became of a password at one connection. */
export type Sent = {
  connectionId: string
  connection: string
  result: 'updated' | 'pending' | 'failed'
  /** A sentence, where the tenant refused. */
  reason: string | null
  refused: boolean
  /** The tenant may have taken it: accepted, or sent and no answer. */
  mayHaveLanded: boolean
}

/**
 * Sends the sealed password of that version to every tenant where the person is bound, at once, before all bulk work.
 * Resolves when each has an outcome, or after `waitMs` with `pending` for those that have none; what is under way goes on.
 */
export async function sendPassword(
  context: SyncContext,
  userId: string,
  version: number,
  waitMs: number,
  actor: Actor,
): Promise<Sent[]> {
  const { db } = context.store
  const proposal = await findProposal(db, userId)
  const proposed = proposal?.version === version
  const sends: Promise<Sent>[] = []
  const late = new AbortController()
  const timeUp = context.runtime.sleep(waitMs, late.signal)
  for (const binding of await bindingsOfUser(db, userId)) {
    const connection = await findConnection(db, binding.connection_id)
    if (connection === undefined || binding.unbind !== null) continue
    const base = { connectionId: connection.id, connection: connection.name }
    const pending: Sent = { ...base, result: 'pending', reason: null, refused: false, mayHaveLanded: false }
    if (!sendable(connection) || (proposed && binding.account_id === null)) {
      sends.push(Promise.resolve(pending))
      continue
    }
    // Once it is on its way nobody can tell whether the tenant takes it.
    const onItsWay = { ...pending, mayHaveLanded: true }
    const send = (proposed ? sendProposal : sendWaiting)(context, actor, connection, binding, version).catch(
      (error: unknown) => {
        context.log({
          msg: 'a password could not be sent',
          connection: connection.id,
          user: userId,
          error: String(error),
        })
        return onItsWay
      },
    )
    sends.push(Promise.race([send.then((sent) => ({ ...base, ...sent })), timeUp.then(() => onItsWay)]))
  }
  const sent = await Promise.all(sends)
  late.abort()
  return sent
}

function sendable(connection: ConnectionRow): boolean {
  const { mode } = JSON.parse(connection.settings) as { mode: string }
  // While a connection cannot sign in, a password is what finds out first that it can again.
  const tried = connection.state === 'active' || (connection.state === 'error' && connection.quarantine !== null)
  return tried && mode === 'apply'
}

type Result = Omit<Sent, 'connectionId' | 'connection'>

/** A version that the directory holds: the binding's own plan sends it, with whatever else the account needs first. */
async function sendWaiting(
  context: SyncContext,
  actor: Actor,
  connection: ConnectionRow,
  binding: BindingRow,
  version: number,
): Promise<Result> {
  await syncBindings(context, connection, context.tenants.of(connection), [binding.user_id], 'interactive', actor)
  const after = await findBinding(context.store.db, connection.id, binding.user_id)
  const arrived = after?.password_state === 'in_sync' && (after.password_version ?? 0) >= version
  const rejected = after?.password_state === 'rejected'
  return {
    result: arrived ? 'updated' : rejected ? 'failed' : 'pending',
    reason: rejected ? after.password_reason : null,
    refused: rejected,
    mayHaveLanded: arrived,
  }
}

/** A version that nobody holds yet: the tenant is asked first, and a refusal changes nothing anywhere. */
async function sendProposal(
  context: SyncContext,
  actor: Actor,
  connection: ConnectionRow,
  binding: BindingRow,
  version: number,
): Promise<Result> {
  const leave = await context.gates.enter(gateKey(connection.id, binding.user_id))
  try {
    const accountId = (await isOutside(context, connection, binding)) ? null : (binding.account_id as AccountId | null)
    const password = accountId === null ? null : await waitingPassword(context, connection, binding, version, accountId)
    if (accountId === null || password === null)
      return { result: 'pending', reason: null, refused: false, mayHaveLanded: false }
    if (!(await context.claims.ours(connection)))
      return { result: 'pending', reason: null, refused: false, mayHaveLanded: false }
    const eventId = context.runtime.newId()
    const open = await markSent(context, connection, binding, version, eventId)
    if (!open) return { result: 'pending', reason: null, refused: false, mayHaveLanded: false }
    const proposal = await findProposal(context.store.db, binding.user_id)
    let outcome: Outcome<unknown> = { kind: 'unknown', requestId: null, detail: 'The answer was lost.' }
    await context.tenants.of(connection).writeAll(
      [
        {
          eventId,
          kind: 'set_password',
          accountId,
          password,
          mustChange: proposal?.must_change === 1,
        },
      ],
      'interactive',
      (_, result) => {
        outcome = result
      },
    )
    return await recordProposal(context, actor, connection, binding, version, eventId, outcome)
  } finally {
    leave()
  }
}

/** A proposal goes out without a plan, which would know for whom the connection is. */
async function isOutside({ store }: SyncContext, connection: ConnectionRow, { user_id }: BindingRow): Promise<boolean> {
  const { groups } = settingsOf(connection).scope
  return groups.length > 0 && !(await membersAmong(store.db, groups, [user_id])).has(user_id)
}

/** From here on a tenant may know it: then it is only rolled forward. False when it is not open any more. */
async function markSent(
  context: SyncContext,
  connection: ConnectionRow,
  { user_id: userId }: BindingRow,
  version: number,
  eventId: string,
): Promise<boolean> {
  return await context.store.change(system, async (change) => {
    change.quiet('the write that follows has its own event')
    if (!(await markProposalSent(change.trx, userId, version))) return false
    const key = { connectionId: connection.id, userId }
    await putTicket(change.trx, key, { eventId, version, now: change.now })
    return true
  })
}

async function recordProposal(
  context: SyncContext,
  actor: Actor,
  connection: ConnectionRow,
  binding: BindingRow,
  version: number,
  eventId: string,
  outcome: Outcome<unknown>,
): Promise<Result> {
  const failure = outcome.kind === 'failed' ? outcome.failure : null
  await context.store.change(actor, async (change) => {
    change.event({
      id: eventId,
      type: 'user_password_update_provision',
      outcome: outcome.kind === 'done' ? 'success' : outcome.kind === 'unknown' ? 'retrying' : 'failure',
      cause: 'password_changed',
      user: binding.user_id,
      connection: connection.id,
      account: binding.account_id,
      changes: [{ attribute: 'password', before: null, after: `version ${version}` }],
      requestId: outcome.kind === 'failed' ? outcome.failure.requestId : outcome.requestId,
      detail: failure?.detail ?? null,
    })
    await closeTicket(change, eventId, outcome)
    if (outcome.kind === 'done') {
      const unit = { user: { id: binding.user_id } }
      await passwordArrived(change, connection, unit, version, context.runtime.now(), outcome.tenantAt)
    }
  })
  if (outcome.kind === 'done') return { result: 'updated', reason: null, refused: false, mayHaveLanded: true }
  if (failure === null) return { result: 'pending', reason: null, refused: false, mayHaveLanded: true }
  const refused = failure.kind === 'password_refused'
  const tryLater = failure.kind === 'throttled' || failure.kind === 'unavailable' || failure.kind === 'signed_out'
  return {
    result: refused || !tryLater ? 'failed' : 'pending',
    reason: failure.detail,
    refused,
    mayHaveLanded: failure.kind === 'unavailable',
  }
}
