import type { PasswordSync } from '@lockstep/shared/contract/user'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import type { Secret } from '../domain/secret.ts'
import { passwordChangedMail } from '../mail/templates.ts'
import { type BindingRow, bindingsOfUser, updateBinding } from '../store/bindings.ts'
import { listConnections } from '../store/connections.ts'
import { commitCredential, findCredential } from '../store/credentials.ts'
import { eraseFresh, putFresh } from '../store/fresh-passwords.ts'
import { deleteLinksOf, findLink } from '../store/links.ts'
import { erasePending, erasePendingOfUser, findPending, putPending } from '../store/pending-passwords.ts'
import { closeProposal, findProposal, listProposals, openProposal, type ProposalRow } from '../store/proposals.ts'
import type { Database } from '../store/schema.ts'
import { deleteSessionsOf } from '../store/sessions.ts'
import type { Change } from '../store/store.ts'
import { findUser, type UserRow } from '../store/users.ts'
import { type Context, type LaneResult, outcomeWaitMs } from './context.ts'
import { queueMailTo } from './send-mails.ts'

export type Offer = {
  userId: string
  password: Secret
  /** PHC string of the same password. */
  hash: string
  /** The version in force that this builds upon; 0: there is none. */
  expected: number
  mustChange: boolean
  origin: ProposalRow['origin']
  /** The session that goes on; all others of the person end. */
  keepSession?: string
  /** The link that allows it; it has to be alive still when the proposal is made. */
  linkHash?: string
}

/**
 * A new password, tenant first: sealed as a proposal, tried at every bound account, then put in force here too, or
 * dropped when the tenant refused it, with nothing changed. Problems `password_refused_by_tenant`,
 * `password_change_in_progress`.
 */
export async function offerPassword(context: Context, actor: Actor, offer: Offer): Promise<PasswordSync[]> {
  const { proposal, sealed } = await propose(context, actor, offer)
  let results: LaneResult[] = []
  try {
    if (sealed > 0) results = await context.passwords.send(offer.userId, proposal.version, outcomeWaitMs, actor)
  } catch (error) {
    await settleOne(context, proposal)
    throw error
  }
  if (verdict(results) === 'drop') {
    const reason = results.find(({ refused }) => refused)?.reason ?? 'Microsoft 365 refused this password.'
    await drop(context, actor, proposal, reason)
    throw new Problem('password_refused_by_tenant', `${reason} Nothing was changed. Choose another password.`)
  }
  await rollForward(context, actor, proposal, results, offer.keepSession)
  return results.map(syncOf)
}

export const syncOf = (result: LaneResult): PasswordSync => ({
  connection: result.connection,
  password: result.result,
  reason: result.reason,
})

/**
 * The first acceptance decides, and what may have landed cannot be taken back; otherwise one refusal is enough to leave
 * everything as it was. Out of reach everywhere: in force here, on its way there.
 */
export function verdict(results: readonly LaneResult[]): 'commit' | 'drop' {
  if (results.some(({ result, mayHaveLanded }) => result === 'updated' || mayHaveLanded)) return 'commit'
  return results.some(({ refused }) => refused) ? 'drop' : 'commit'
}

/** Bindings that a password can go to, with the tenant that they are in. */
export async function passwordTargets(
  db: Kysely<Database>,
  user: Pick<UserRow, 'id' | 'state'>,
): Promise<{ binding: BindingRow; tenantId: string; takeover: boolean; name: string }[]> {
  if (user.state === 'suspended') return []
  const connections = new Map((await listConnections(db)).map((row) => [row.id, row]))
  return (await bindingsOfUser(db, user.id)).flatMap((binding) => {
    const connection = connections.get(binding.connection_id)
    if (connection === undefined || isOutOfReach[binding.state] === true) return []
    const { passwordTakeover } = Settings.parse(JSON.parse(connection.settings))
    return [{ binding, tenantId: connection.tenant_id, takeover: passwordTakeover, name: connection.name }]
  })
}

/** Whose account is gone or not followed, has nowhere to have a password. */
const isOutOfReach: Partial<Record<BindingRow['state'], boolean>> = {
  unbinding: true,
  missing: true,
  out_of_scope: true,
}

const Settings = z.object({ passwordTakeover: z.boolean().default(true) })

async function propose(
  context: Context,
  actor: Actor,
  offer: Offer,
): Promise<{ proposal: ProposalRow; sealed: number }> {
  const { store, vault } = context
  const version = offer.expected + 1
  return await store.change(actor, async (change) => {
    change.quiet('a proposal is an event when it is decided')
    const { trx, now } = change
    if (offer.linkHash !== undefined && (await findLink(trx, offer.linkHash)) === undefined) throw linkIsDead()
    const user = await findUser(trx, offer.userId)
    const credential = await findCredential(trx, offer.userId)
    const proposal: ProposalRow = {
      user_id: offer.userId,
      version,
      wrapped_hash: vault.wrapHash(offer.hash, { userId: offer.userId, version }),
      sent: 0,
      must_change: offer.mustChange ? 1 : 0,
      origin: offer.origin,
      actor: JSON.stringify(actor),
      created_at: now,
    }
    const current = user !== undefined && (credential?.version ?? 0) === offer.expected
    if (!current || !(await openProposal(trx, proposal)))
      throw new Problem(
        'password_change_in_progress',
        'The password of this person is being changed at this moment. Wait a few seconds and try again.',
      )
    const targets = await passwordTargets(trx, user)
    for (const { binding, tenantId } of targets) {
      await putPending(trx, vault, {
        connectionId: binding.connection_id,
        userId: user.id,
        accountId: binding.account_id,
        tenantId,
        version,
        password: offer.password,
        proposed: true,
        now,
      })
    }
    // Nobody to send it to yet: the first account gets it.
    if (targets.length === 0 && offer.origin === 'set') {
      await putFresh(trx, vault, { userId: user.id, version, password: offer.password, now })
    }
    return { proposal, sealed: targets.length }
  })
}

export const linkIsDead = () =>
  new Problem('not_found', 'This link was used or has ended. Ask your help desk to send another one.')

const eventTypes = { change: 'password_change', set: 'password_set', link: 'password_change' } as const

async function drop(context: Context, actor: Actor, proposal: ProposalRow, reason: string | null): Promise<void> {
  await context.store.change(actor, async (change) => {
    if (!(await closeProposal(change.trx, proposal.user_id, proposal.version))) return
    await erasePendingOfUser(change.trx, proposal.user_id, { version: proposal.version })
    await eraseFresh(change.trx, proposal.user_id, proposal.version)
    change.event({
      type: eventTypes[proposal.origin],
      outcome: 'failure',
      cause: reason === null ? 'interrupted' : 'refused_by_tenant',
      user: proposal.user_id,
      detail: reason ?? 'The gateway stopped before the password had left. Nothing was changed.',
    })
  })
}

/** Puts the proposed version in force. Nothing happens when somebody else did so already. */
async function rollForward(
  context: Context,
  actor: Actor,
  proposal: ProposalRow,
  results: readonly LaneResult[],
  keepSession?: string,
): Promise<void> {
  await context.store.change(actor, async (change) => {
    const { trx } = change
    const { user_id: userId, version } = proposal
    // The hash as it is wrapped now: the instance key may have changed while the tenant was asked.
    const stored = await findProposal(trx, userId)
    if (stored?.version !== version || !(await closeProposal(trx, userId, version))) return
    const committed = await commitCredential(trx, {
      userId,
      expected: version - 1,
      version,
      wrappedHash: stored.wrapped_hash,
      mustChange: proposal.must_change === 1,
      changedAt: change.now,
    })
    if (!committed) throw new Error('A proposal does not follow from the password in force.')
    await erasePendingOfUser(trx, userId, { below: version })
    for (const binding of await bindingsOfUser(trx, userId)) {
      const result = results.find(({ connectionId }) => connectionId === binding.connection_id)
      await followUp(change, binding, version, result)
    }
    await announce(context, change, proposal, keepSession)
  })
}

/** What is still to arrive is pending; what the tenant refused while another one took it is rejected there. */
async function followUp(
  change: Change,
  binding: BindingRow,
  version: number,
  result: LaneResult | undefined,
): Promise<void> {
  const key = { connectionId: binding.connection_id, userId: binding.user_id }
  if (result?.refused === true) {
    await erasePending(change.trx, key, { version })
    await updateBinding(change.trx, binding, {
      password_state: 'rejected',
      password_version: version,
      password_reason: result.reason,
    })
    return
  }
  const landed = binding.password_state === 'in_sync' && binding.password_version === version
  if (landed) return
  if ((await findPending(change.trx, key, version)) === undefined) {
    // Nothing is on its way: what the account has is not the password in force any more.
    if (binding.password_state === 'in_sync')
      await updateBinding(change.trx, binding, { password_state: 'awaiting_login', password_reason: null })
    return
  }
  await updateBinding(change.trx, binding, {
    password_state: 'pending',
    password_reason: result?.reason ?? null,
    dirty: binding.dirty + 1,
    ...(binding.state === 'in_sync' && { state: 'out_of_sync' as const }),
  })
  change.wake(binding.connection_id, 'interactive')
}

async function announce(
  context: Context,
  change: Change,
  proposal: ProposalRow,
  keepSession: string | undefined,
): Promise<void> {
  const { trx, now } = change
  await deleteSessionsOf(trx, proposal.user_id, keepSession)
  await deleteLinksOf(trx, proposal.user_id)
  const user = await findUser(trx, proposal.user_id)
  if (user !== undefined && proposal.version > 1) {
    const at = `${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    await queueMailTo(
      trx,
      context.runtime,
      user,
      passwordChangedMail(context.settings, { name: user.display_name, at }),
    )
  }
  change.event({ type: eventTypes[proposal.origin], user: proposal.user_id, cause: proposal.origin })
}

const StoredActor = z.custom<Actor>((value) => typeof value === 'object' && value !== null && 'kind' in value)

/** What may have left is rolled forward, since nobody has the old password any more; what has not is dropped. */
async function settleOne(context: Context, proposal: ProposalRow): Promise<void> {
  const actor = StoredActor.parse(JSON.parse(proposal.actor))
  const stored = await findProposal(context.store.db, proposal.user_id)
  if (stored === undefined || stored.version !== proposal.version) return
  if (stored.sent === 1) await rollForward(context, actor, stored, [])
  else await drop(context, actor, stored, null)
}

/** Decides the proposals that a stop of the gateway left open; `olderThanMs` spares those that are under way. */
export async function settleProposals(context: Context, olderThanMs = 0): Promise<void> {
  const before = context.runtime.now() - olderThanMs
  for (const proposal of await listProposals(context.store.db)) {
    if (proposal.created_at <= before) await settleOne(context, proposal)
  }
}
