import type { PasswordSync } from '@lockstep/shared/contract/user'
import { z } from 'zod'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import type { Secret } from '../domain/secret.ts'
import { stepOf } from '../domain/user-flow.ts'
import { type BindingRow, bindingsOfUser, updateBinding } from '../store/bindings.ts'
import { commitCredential, findCredential } from '../store/credentials.ts'
import { eraseFresh, putFresh } from '../store/fresh-passwords.ts'
import { insertLink, type LinkRow, takeLink } from '../store/links.ts'
import { erasePending, erasePendingOfUser, findPending, putPending } from '../store/pending-passwords.ts'
import { closeProposal, findProposal, listProposals, openProposal, type ProposalRow } from '../store/proposals.ts'
import type { Change } from '../store/store.ts'
import { findUser } from '../store/users.ts'
import { forgetFailures } from './attempts.ts'
import { carryOut } from './carry-out.ts'
import { type Context, type LaneResult, outcomeWaitMs } from './context.ts'
import { passwordTargets } from './password-targets.ts'
import { standingOf } from './state.ts'
import { unblockExpired } from './watch-passwords.ts'

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
  /** The link that allows it; it is used up unless the offer comes to nothing. */
  linkHash?: string
}

/**
 * A new password, tenant first: sealed as a proposal, tried at every bound account, then put in force here too, or
 * dropped when the tenant refused it, with nothing changed. Problems `password_refused_by_tenant`,
 * `password_change_in_progress`.
 */
export async function offerPassword(context: Context, actor: Actor, offer: Offer): Promise<PasswordSync[]> {
  const { proposal, sealed, link } = await propose(context, actor, offer)
  let results: LaneResult[] = []
  try {
    if (sealed > 0) results = await context.passwords.send(offer.userId, proposal.version, outcomeWaitMs, actor)
  } catch (error) {
    await settleOne(context, proposal, link)
    throw error
  }
  if (verdict(results) === 'drop') {
    const reason = results.find(({ refused }) => refused)?.reason ?? 'Microsoft 365 refused this password.'
    await drop(context, actor, proposal, reason, link)
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

async function propose(
  context: Context,
  actor: Actor,
  offer: Offer,
): Promise<{ proposal: ProposalRow; sealed: number; link: LinkRow | undefined }> {
  const { store, vault } = context
  const version = offer.expected + 1
  return await store.change(actor, async (change) => {
    change.quiet('a proposal is an event when it is decided')
    const { trx, now } = change
    const link = offer.linkHash === undefined ? undefined : await takeLink(trx, offer.linkHash)
    if (offer.linkHash !== undefined && link === undefined) throw linkIsDead()
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
    const step = stepOf(await standingOf(trx, user), { act: acts[offer.origin] })
    if (step?.password === 'keep')
      await putFresh(trx, vault, { userId: user.id, version, password: offer.password, now })
    return { proposal, sealed: targets.length, link }
  })
}

export const linkIsDead = () => new Problem('link_gone', 'This link was used or has ended. Ask for another one.')

const acts = { change: 'change_password', set: 'set_password', link: 'set_by_link' } as const
const eventTypes = { change: 'password_change', set: 'password_set', link: 'password_change' } as const

async function drop(
  context: Context,
  actor: Actor,
  proposal: ProposalRow,
  reason: string | null,
  link?: LinkRow,
): Promise<void> {
  await context.store.change(actor, async (change) => {
    if (!(await closeProposal(change.trx, proposal.user_id, proposal.version))) return
    await erasePendingOfUser(change.trx, proposal.user_id, { version: proposal.version })
    await eraseFresh(change.trx, proposal.user_id, proposal.version)
    if (link !== undefined && (await findUser(change.trx, link.user_id)) !== undefined)
      await insertLink(change.trx, link)
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
    const user = await findUser(trx, userId)
    if (user !== undefined) await unblockExpired(change, user)
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

/** What a person may do next follows from the password that was in force until now. */
async function announce(
  context: Context,
  change: Change,
  proposal: ProposalRow,
  keepSession: string | undefined,
): Promise<void> {
  const { user_id: userId, version, origin } = proposal
  const user = await findUser(change.trx, userId)
  if (user === undefined) throw new Error('A proposal is about nobody.')
  const { state, bound } = await standingOf(change.trx, user)
  const password = version > 1 ? 'set' : 'none'
  const step = stepOf({ state, password, bound }, { act: acts[origin] })
  // Whoever was suspended in the meantime has the password all the same: a tenant may have it.
  const event = { type: eventTypes[origin], user: userId, cause: origin }
  if (step === null) return void change.event(event)
  await forgetFailures(context, change.trx, user)
  await carryOut(context, change, user, step, { cause: origin, keepSession, everyAddress: origin === 'link' })
}

const StoredActor = z.custom<Actor>((value) => typeof value === 'object' && value !== null && 'kind' in value)

/** What may have left is rolled forward, since nobody has the old password any more; what has not is dropped. */
async function settleOne(context: Context, proposal: ProposalRow, link?: LinkRow): Promise<void> {
  const actor = StoredActor.parse(JSON.parse(proposal.actor))
  const stored = await findProposal(context.store.db, proposal.user_id)
  if (stored === undefined || stored.version !== proposal.version) return
  if (stored.sent === 1) await rollForward(context, actor, stored, [])
  else await drop(context, actor, stored, null, link)
}

/** Decides the proposals that a stop of the gateway left open; `olderThanMs` spares those that are under way. */
export async function settleProposals(context: Context, olderThanMs = 0): Promise<void> {
  const before = context.runtime.now() - olderThanMs
  for (const proposal of await listProposals(context.store.db)) {
    if (proposal.created_at <= before) await settleOne(context, proposal)
  }
}
