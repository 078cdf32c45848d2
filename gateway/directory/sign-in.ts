import type { PasswordSync } from '@lockstep/shared/contract/user'
import { type Actor, system } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import type { Secret } from '../domain/secret.ts'
import { type BindingRow, updateBinding } from '../store/bindings.ts'
import { type CredentialRow, findCredential, openHash, replaceHash } from '../store/credentials.ts'
import { putPending } from '../store/pending-passwords.ts'
import { findProposal } from '../store/proposals.ts'
import type { Change } from '../store/store.ts'
import { findUserByEmail, type UserRow } from '../store/users.ts'
import { type AttemptKeys, attemptFailed, attemptKeys, attemptSucceeded, beginAttempt } from './attempts.ts'
import { type Context, outcomeWaitMs } from './context.ts'
import { passwordTargets, syncOf } from './offer-password.ts'
import { actorOf, createSession, type NewSession } from './sessions.ts'

export type SignedIn = {
  user: UserRow
  session: NewSession
  /** The person has to choose another password before anything else. */
  mustChange: boolean
  sync: PasswordSync[]
  /** Names of connections that got a password from us for the first time. */
  firstSync: string[]
}

/**
 * Verifies a password and, where Microsoft 365 does not have it yet, sends it there. Whoever is unknown, staged,
 * suspended or wrong is told the same, after the same work. Problems `wrong_credentials`, `too_many_requests`, `busy`.
 */
export async function signIn(
  context: Context,
  _actor: Actor | null,
  input: { email: string; password: Secret; address: string | null },
): Promise<SignedIn> {
  const { store, vault, hasher } = context
  const email = input.email.trim().toLowerCase()
  const keys = attemptKeys(context, email, input.address)
  await beginAttempt(context, keys)
  const user = await findUserByEmail(store.db, email)
  const credential = await findCredential(store.db, user?.id ?? '')
  const phc = credential === undefined ? undefined : openHash(vault, credential)
  const matches = await hasher.verify(phc, input.password, input.address ?? undefined)
  if (!matches || user?.state !== 'active' || credential === undefined || phc === undefined)
    return await refuse(context, keys, user)
  const fresh = hasher.isOutdated(phc) ? await hasher.hash(input.password, input.address ?? undefined) : undefined
  const admitted = await store.change(actorOf(user), (change) =>
    admit(context, change, { user, credential, fresh, password: input.password, keys }),
  )
  if (admitted === null) return await refuse(context, keys, user)
  const results = admitted.sealed.size === 0 ? [] : await sendSealed(context, user, credential.version)
  const sent = new Map(results.map((result) => [result.connectionId, result]))
  return {
    user,
    session: admitted.session,
    mustChange: credential.must_change === 1,
    sync: admitted.targets.map(({ binding, name }) => {
      const result = sent.get(binding.connection_id)
      if (result !== undefined) return syncOf(result)
      return standing(binding, name, admitted.sealed.has(binding.connection_id), credential.version)
    }),
    firstSync: admitted.targets
      .filter(({ binding }) => binding.password_synced_at === null)
      .filter(({ binding }) => sent.get(binding.connection_id)?.result === 'updated')
      .map(({ name }) => name),
  }
}

/** The person is signed in whatever becomes of the tenant: a failed attempt to send is a pending password. */
async function sendSealed(context: Context, user: UserRow, version: number) {
  try {
    return await context.passwords.send(user.id, version, outcomeWaitMs, actorOf(user))
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error))
    return []
  }
}

async function refuse(context: Context, keys: AttemptKeys, user: UserRow | undefined): Promise<never> {
  await context.store.change(system, async (change) => {
    await attemptFailed(change.trx, keys, change.now)
    change.event({ type: 'login_failure', outcome: 'failure', user: user?.id ?? null })
  })
  throw new Problem('wrong_credentials', 'Email or password is wrong. Check both and try again.')
}

type Verified = {
  user: UserRow
  credential: CredentialRow
  fresh: string | undefined
  password: Secret
  keys: AttemptKeys
}

/** One transaction: the session, the seals, the event. Null when the password was changed in the meantime. */
async function admit(context: Context, change: Change, verified: Verified) {
  const { user, credential, fresh, password, keys } = verified
  const { trx } = change
  const current = await findCredential(trx, user.id)
  const person = await findUserByEmail(trx, user.email)
  if (current?.version !== credential.version || person?.id !== user.id || person.state !== 'active') {
    change.quiet('nothing was changed')
    return null
  }
  if (fresh !== undefined) {
    const owner = { userId: user.id, version: credential.version }
    await replaceHash(trx, user.id, credential.version, context.vault.wrapHash(fresh, owner))
  }
  const targets = await passwordTargets(trx, user)
  const sealed = new Set<string>()
  // While another password is proposed, the one of now must not overtake it.
  if ((await findProposal(trx, user.id)) === undefined) {
    for (const target of targets) {
      if (!target.takeover || !lacks(target.binding, credential.version)) continue
      await seal(context, change, { ...target, version: credential.version, password })
      sealed.add(target.binding.connection_id)
    }
  }
  await attemptSucceeded(trx, keys)
  const session = await createSession(change, context.runtime, user)
  change.event({ type: 'login_success', user: user.id })
  return { session, targets, sealed }
}

/** What the tenant refused is not offered again: it would refuse it again. */
function lacks(binding: BindingRow, version: number): boolean {
  const settled = binding.password_state === 'in_sync' || binding.password_state === 'rejected'
  return !(settled && binding.password_version === version)
}

async function seal(
  context: Context,
  change: Change,
  target: { binding: BindingRow; tenantId: string; version: number; password: Secret },
): Promise<void> {
  const { binding } = target
  await putPending(change.trx, context.vault, {
    connectionId: binding.connection_id,
    userId: binding.user_id,
    accountId: binding.account_id,
    tenantId: target.tenantId,
    version: target.version,
    password: target.password,
    proposed: false,
    now: change.now,
  })
  await updateBinding(change.trx, binding, {
    password_state: 'pending',
    password_reason: null,
    dirty: binding.dirty + 1,
    ...(binding.state === 'in_sync' && { state: 'out_of_sync' as const }),
  })
  change.wake(binding.connection_id, 'interactive')
}

function standing(binding: BindingRow, connection: string, sealed: boolean, version: number): PasswordSync {
  if (sealed) return { connection, password: 'pending', reason: null }
  if (binding.password_state === 'rejected') return { connection, password: 'failed', reason: binding.password_reason }
  const done = binding.password_state === 'in_sync' && binding.password_version === version
  return { connection, password: done ? 'in_sync' : 'pending', reason: binding.password_reason }
}
