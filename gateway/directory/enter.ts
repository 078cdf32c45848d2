import type { PasswordSync } from '@lockstep/shared/contract/user'
import { isExpired } from '../domain/password-age.ts'
import type { Secret } from '../domain/secret.ts'
import { stepOf } from '../domain/user-flow.ts'
import { type BindingRow, updateBinding } from '../store/bindings.ts'
import { type CredentialRow, findCredential, openHash, replaceHash } from '../store/credentials.ts'
import { putPending } from '../store/pending-passwords.ts'
import { findProposal } from '../store/proposals.ts'
import type { Change } from '../store/store.ts'
import { findUser, type UserRow } from '../store/users.ts'
import { announceSignIn } from './announce-sign-in.ts'
import { isWeak } from './assert-acceptable.ts'
import { type AttemptKeys, attemptSucceeded } from './attempts.ts'
import { carryOut } from './carry-out.ts'
import { type Context, outcomeWaitMs } from './context.ts'
import { introduce } from './known-browser.ts'
import { syncOf } from './offer-password.ts'
import { passwordTargets } from './password-targets.ts'
import { actorOf, createSession, endReplaced, type NewSession, type Visit } from './sessions.ts'
import { standingOf } from './state.ts'

export type SignedIn = {
  user: UserRow
  session: NewSession
  /** What the browser keeps, to be known the next time. */
  browser: string
  /** Why the person is to choose another password before anything else. */
  mustChange: 'forced' | 'expired' | 'weak' | null
  sync: PasswordSync[]
  /** Names of connections that got a password from us for the first time. */
  firstSync: string[]
}

/** Somebody who has proved everything that is asked of this person. */
export type Entrance = {
  user: UserRow
  credential: CredentialRow | undefined
  /** Null when the person came without one, or it is not known any more: then nothing is sent to Microsoft 365. */
  password: Secret | null
  visit: Visit
  /** What proved it besides the password, or instead of it. */
  factor: 'totp' | 'recovery_code' | 'passkey' | null
  keys: AttemptKeys | null
}

/** Signs in. Null when the password, or the person, was changed since it was proved. */
export async function enter(context: Context, entrance: Entrance): Promise<SignedIn | null> {
  const { user, credential, password } = entrance
  const fresh =
    password === null || credential === undefined
      ? undefined
      : await freshHash(context, credential, password, entrance.visit.address)
  const admitted = await context.store.change(actorOf(user), (change) => admit(context, change, entrance, fresh))
  if (admitted === null) return null
  const version = credential?.version ?? 0
  const results = admitted.sealed.size === 0 ? [] : await sendSealed(context, user, version)
  const sent = new Map(results.map((result) => [result.connectionId, result]))
  const firstSync = admitted.targets
    .filter(({ binding }) => binding.password_synced_at === null)
    .filter(({ binding }) => sent.get(binding.connection_id)?.result === 'updated')
    .map(({ name }) => name)
  await announceSignIn(context, entrance, firstSync)
  return {
    user,
    session: admitted.session,
    browser: introduce(context, entrance.visit.browser ?? null, user.id),
    mustChange: await mustChange(context, entrance),
    sync: admitted.targets.map(({ binding, name }) => {
      const result = sent.get(binding.connection_id)
      if (result !== undefined) return syncOf(result)
      return standing(binding, name, admitted.sealed.has(binding.connection_id), version)
    }),
    firstSync,
  }
}

/** Somebody else chose it, it has expired, or it breaks today's rules. */
async function mustChange(context: Context, { user, credential, password }: Entrance): Promise<SignedIn['mustChange']> {
  const { settings, runtime } = context
  if (credential === undefined) return null
  if (credential.must_change === 1) return 'forced'
  if (isExpired(settings.passwordExpiry, credential.changed_at, runtime.now())) return 'expired'
  return password !== null && (await isWeak(context, password, user)) ? 'weak' : null
}

async function freshHash(context: Context, credential: CredentialRow, password: Secret, address: string | null) {
  const { hasher, vault } = context
  return hasher.isOutdated(openHash(vault, credential)) ? await hasher.hash(password, address ?? undefined) : undefined
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

/** One transaction: the session, the seals, the event. */
async function admit(context: Context, change: Change, entrance: Entrance, fresh: string | undefined) {
  const { user, credential, password, visit, keys } = entrance
  const { trx } = change
  const current = await findCredential(trx, user.id)
  const person = await findUser(trx, user.id)
  const step = person === undefined ? null : stepOf(await standingOf(trx, person), { act: 'sign_in' })
  if (current?.version !== credential?.version || step === null || person?.email !== user.email) {
    change.quiet('nothing was changed')
    return null
  }
  if (fresh !== undefined && credential !== undefined) {
    const owner = { userId: user.id, version: credential.version }
    await replaceHash(trx, user.id, credential.version, context.vault.wrapHash(fresh, owner))
  }
  const targets = await passwordTargets(trx, user)
  const sealed = new Set<string>()
  // While another password is proposed, the one of now must not overtake it; one that is to go is not brought anywhere.
  const stays = person.expiry_blocked_at === null && (await findProposal(trx, user.id)) === undefined
  if (password !== null && credential !== undefined && stays) {
    for (const target of targets) {
      if (!target.takeover || !lacks(target.binding, credential.version)) continue
      await seal(context, change, { ...target, version: credential.version, password })
      sealed.add(target.binding.connection_id)
    }
  }
  if (keys !== null) await attemptSucceeded(trx, keys)
  await endReplaced(change, visit)
  const session = await createSession(change, context.runtime, user, { visit, factor: entrance.factor !== null })
  await carryOut(context, change, person, step, { cause: entrance.factor })
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
