import type { MailMessage } from '@lockstep/shared/messages/mail/mail-message'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Actor } from '../domain/actor.ts'
import { system } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import {
  mustHaveFactor,
  readCode,
  recoveryCodeBytes,
  recoveryCodeCount,
  recoveryCodeOf,
} from '../domain/second-factor.ts'
import {
  countRecoveryCodes,
  deleteFactorRow,
  deleteFactorsOf,
  insertPasskey,
  insertTotp,
  passkeysOf,
  renameFactorRow,
  replaceRecoveryCodes,
  totpOf,
} from '../store/factors.ts'
import { findCeremony, putCeremony, takeCeremony } from '../store/half-sign-ins.ts'
import type { Database } from '../store/schema.ts'
import { deleteSessionsOf } from '../store/sessions.ts'
import type { Change } from '../store/store.ts'
import type { UserRow } from '../store/users.ts'
import { attemptFailed, attemptSucceeded, beginAttempt, factorKeys } from './attempts.ts'
import type { Context } from './context.ts'
import { userOrProblem } from './find.ts'
import type { NewPasskey } from './passkeys.ts'
import { hashOfRecoveryCode, wrongCode } from './second-factor.ts'
import { tell as tellByMail } from './send-mails.ts'
import { actorOf } from './sessions.ts'
import { seedBytes, setUpOf, stepOfCode } from './totp.ts'

export type Factor = { id: string; kind: 'totp' | 'passkey'; name: string; createdAt: number; usedAt: number | null }
export type Factors = { factors: Factor[]; recoveryCodesLeft: number; required: boolean }

const factorsMost = 10
const setUpMs = 15 * 60_000

export async function myFactors({ store, settings }: Context, user: Pick<UserRow, 'id' | 'role'>): Promise<Factors> {
  return {
    factors: await factorsIn(store.db, user.id),
    recoveryCodesLeft: await countRecoveryCodes(store.db, user.id),
    required: mustHaveFactor(settings.secondFactor, user.role),
  }
}

async function factorsIn(db: Kysely<Database>, userId: string): Promise<Factor[]> {
  const shown = (
    kind: Factor['kind'],
    row: { id: string; name: string; created_at: number; used_at: number | null },
  ) => ({
    id: row.id,
    kind,
    name: row.name,
    createdAt: row.created_at,
    usedAt: row.used_at,
  })
  const totp = (await totpOf(db, userId)).map((row) => shown('totp', row))
  const passkeys = (await passkeysOf(db, userId)).map((row) => shown('passkey', row))
  return [...totp, ...passkeys].sort((a, b) => a.createdAt - b.createdAt)
}

const SetUp = z.object({ factorId: z.string(), sealed: z.string() })

/** A seed for an authenticator app, the same one until it is confirmed or 15 minutes are over. */
export async function beginTotp(
  context: Context,
  user: UserRow,
  holder: string,
): Promise<{ uri: string; key: string }> {
  const { store, vault, runtime, settings } = context
  const seed = await store.change(system, async (change) => {
    change.quiet('an app is being set up')
    const begun = await findCeremony(change.trx, holder, 'totp', change.now)
    if (begun !== undefined) {
      const { factorId, sealed } = SetUp.parse(JSON.parse(begun))
      return vault.openSeed(sealed, { userId: user.id, factorId })
    }
    const factorId = runtime.newId()
    const fresh = runtime.randomBytes(seedBytes)
    const content = JSON.stringify({ factorId, sealed: vault.sealSeed(fresh, { userId: user.id, factorId }) })
    await putCeremony(change.trx, { holder, purpose: 'totp', content, ends_at: change.now + setUpMs })
    return fresh
  })
  return setUpOf(seed, settings.organisation, user.email)
}

/** New recovery codes with a person's first factor; null when there are some already. */
export type Added = { recoveryCodes: string[] | null }

/**
 * Adds the app whose seed was handed out, once it shows the right code. Problems `wrong_code`, `too_many_requests`,
 * `sign_in_ended` when it was handed out too long ago, `too_many_factors`.
 */
export async function addTotp(
  context: Context,
  user: UserRow,
  holder: string,
  given: { code: string; name: string; address: string | null },
): Promise<Added> {
  const { store, vault } = context
  const keys = factorKeys(context, user.id, given.address)
  const counts = await beginAttempt(context, keys)
  const typed = counts ? readCode(given.code) : null
  const added = await store.change(actorOf(user), async (change) => {
    const { trx, now } = change
    const begun = await findCeremony(trx, holder, 'totp', now)
    if (begun === undefined) throw new Problem('sign_in_ended', 'That took too long. Begin again with a new square.')
    const { factorId, sealed } = SetUp.parse(JSON.parse(begun))
    const seed = vault.openSeed(sealed, { userId: user.id, factorId })
    const step = typed?.kind === 'totp' ? stepOfCode(seed, typed.code, now) : null
    if (step === null) {
      change.quiet('a code that was wrong while an app was set up')
      await attemptFailed(context, change, { keys, counts })
      return null
    }
    await takeCeremony(trx, holder, 'totp', now)
    await attemptSucceeded(trx, keys)
    const name = given.name || 'Authenticator app'
    const result = await announceAdded(context, change, user, { kind: 'totp', name })
    const row = { id: factorId, user_id: user.id, name, sealed_seed: sealed, last_step: step }
    await insertTotp(trx, { ...row, created_at: now, used_at: now })
    return result
  })
  if (added === null) throw wrongCode()
  return added
}

/** Problem `too_many_factors`. */
export async function addPasskey(
  context: Context,
  user: UserRow,
  passkey: NewPasskey,
  given: { name: string },
): Promise<Added> {
  return await context.store.change(actorOf(user), async (change) => {
    const name = given.name || 'Passkey'
    const result = await announceAdded(context, change, user, { kind: 'passkey', name })
    const row = { id: context.runtime.newId(), user_id: user.id, name, ...passkey }
    await insertPasskey(change.trx, { ...row, created_at: change.now, used_at: null })
    return result
  })
}

/** Before the factor is there: counts, makes recovery codes for the first one, tells the person. */
async function announceAdded(
  context: Context,
  change: Change,
  user: UserRow,
  factor: Pick<Factor, 'kind' | 'name'>,
): Promise<Added> {
  const { trx } = change
  if ((await factorsIn(trx, user.id)).length >= factorsMost)
    throw new Problem('too_many_factors', 'Remove a second factor that you no longer use before you add another one.')
  const isCovered = (await countRecoveryCodes(trx, user.id)) > 0
  const recoveryCodes = isCovered ? null : await makeRecoveryCodes(context, change, user.id)
  const detail = `The second factor "${factor.name}" was added.`
  const values = { factor: factor.name, at: change.now }
  const event = { type: 'login_factor_add', detail, cause: factor.kind }
  await tell(context, change, user, event, { kind: 'factor_added', values })
  return { recoveryCodes }
}

async function tell(
  context: Context,
  change: Change,
  user: UserRow,
  event: { type: string; detail: string; cause?: string },
  message: MailMessage,
): Promise<void> {
  change.event({ ...event, user: user.id })
  await tellByMail(context, change.trx, user, message)
}

async function makeRecoveryCodes({ runtime }: Context, change: Change, userId: string): Promise<string[]> {
  const codes = Array.from({ length: recoveryCodeCount }, () => recoveryCodeOf(runtime.randomBytes(recoveryCodeBytes)))
  const hashes = codes.map((code) => hashOfRecoveryCode(code.replaceAll('-', '')))
  await replaceRecoveryCodes(change.trx, userId, hashes, change.now)
  return codes
}

/** The former ones work no more. Problem `factor_not_found` for whoever has no factor that they could stand in for. */
export async function renewRecoveryCodes(context: Context, user: UserRow): Promise<string[]> {
  return await context.store.change(actorOf(user), async (change) => {
    if ((await factorsIn(change.trx, user.id)).length === 0)
      throw new Problem('factor_not_found', 'Add a second factor first: recovery codes come with it.')
    const codes = await makeRecoveryCodes(context, change, user.id)
    const event = { type: 'login_recovery_codes_renew', detail: 'New recovery codes were made.' }
    await tell(context, change, user, event, { kind: 'recovery_codes_renewed', values: { at: change.now } })
    return codes
  })
}

const noSuchFactor = () => new Problem('factor_not_found', 'This second factor is gone already.')

/** Problem `factor_not_found`. */
export async function renameFactor({ store }: Context, user: UserRow, id: string, name: string): Promise<void> {
  await store.change(actorOf(user), async (change) => {
    if (!(await renameFactorRow(change.trx, { id, userId: user.id }, name))) throw noSuchFactor()
    change.event({ type: 'login_factor_rename', user: user.id, detail: `A second factor is called "${name}" now.` })
  })
}

/** Problems `factor_not_found`; `factor_is_last` for those who have to have one. */
export async function removeFactor(context: Context, user: UserRow, id: string): Promise<void> {
  await context.store.change(actorOf(user), async (change) => {
    const { trx } = change
    const name = await deleteFactorRow(trx, { id, userId: user.id })
    if (name === undefined) throw noSuchFactor()
    const isLast = (await factorsIn(trx, user.id)).length === 0
    if (isLast && mustHaveFactor(context.settings.secondFactor, user.role))
      throw new Problem('factor_is_last', 'Your role needs a second factor. Add another one before you remove this.')
    if (isLast) await replaceRecoveryCodes(trx, user.id, [], change.now)
    const event = { type: 'login_factor_remove', detail: `The second factor "${name}" was removed.` }
    await tell(context, change, user, event, { kind: 'factor_removed', values: { factor: name, at: change.now } })
  })
}

/** For somebody who lost them: takes all factors away and ends all sessions. Problems `user_not_found`, `factor_not_found`. */
export async function resetFactors(context: Context, actor: Actor, userId: string): Promise<void> {
  await context.store.change(actor, async (change) => {
    const user = await userOrProblem(change.trx, userId)
    const count = await deleteFactorsOf(change.trx, user.id)
    if (count === 0) throw new Problem('factor_not_found', `${user.display_name} has no second factor.`)
    await deleteSessionsOf(change.trx, user.id)
    const event = { type: 'login_factor_reset', detail: 'An administrator took all second factors away.' }
    await tell(context, change, user, event, { kind: 'factors_reset', values: { at: change.now } })
  })
}
