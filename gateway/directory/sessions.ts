import { createHash } from 'node:crypto'
import type { Actor } from '../domain/actor.ts'
import { system } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import type { Runtime } from '../domain/runtime.ts'
import { mustHaveFactor } from '../domain/second-factor.ts'
import { deleteProgram, listPrograms } from '../store/programs.ts'
import {
  deleteSession,
  deleteSessionsOf,
  findSession,
  insertSession,
  listSessions as listRows,
  type SessionRow,
  touchSession,
} from '../store/sessions.ts'
import type { Change } from '../store/store.ts'
import { findUser, type UserRow } from '../store/users.ts'
import type { Context } from './context.ts'

/** In ms. Stricter for everybody who holds a role. */
const limits = {
  person: { idleMs: 30 * 60_000, wholeMs: 12 * 3_600_000 },
  staff: { idleMs: 15 * 60_000, wholeMs: 8 * 3_600_000 },
} as const
/** How exactly it is remembered when a session was last used. */
const seenEveryMs = 60_000

const limitsOf = (user: Pick<UserRow, 'role'>) => (user.role === null ? limits.person : limits.staff)
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

export type NewSession = { token: string; endsAt: number }

/** From where somebody signs in, by what that browser is known, and which session it takes the place of. */
export type Visit = {
  address: string | null
  browser?: string | null | undefined
  agent?: string | null | undefined
  replaces?: string | null | undefined
  /** A mail about what led to the sign-in is on its way already. */
  isAnnounced?: boolean | undefined
}

const agentLength = 300

/** A new session inside the change that signs somebody in. The token goes into the cookie and is not stored. */
export async function createSession(
  change: Change,
  runtime: Pick<Runtime, 'randomBytes'>,
  user: Pick<UserRow, 'id' | 'role'>,
  how: { visit: Visit; factor: boolean },
): Promise<NewSession> {
  const token = newToken(runtime)
  const endsAt = change.now + limitsOf(user).wholeMs
  await insertSession(change.trx, {
    id_hash: hashOf(token),
    user_id: user.id,
    created_at: change.now,
    seen_at: change.now,
    ends_at: endsAt,
    address: how.visit.address,
    agent: how.visit.agent?.slice(0, agentLength) ?? null,
    confirmed_at: change.now,
    factor: how.factor ? 1 : 0,
  })
  return { token, endsAt }
}

const newToken = (runtime: Pick<Runtime, 'randomBytes'>) => Buffer.from(runtime.randomBytes(32)).toString('base64url')

/** What a browser had before it signed in is worth nothing after. */
export async function endReplaced(change: Change, { replaces }: Visit): Promise<void> {
  if (replaces) await deleteSession(change.trx, hashOf(replaces))
}

/** The same session under another token, once the person has proved again to be the one. */
export async function renewSession(
  change: Change,
  runtime: Pick<Runtime, 'randomBytes'>,
  session: SessionRow,
  factor: boolean,
): Promise<NewSession> {
  const token = newToken(runtime)
  await deleteSession(change.trx, session.id_hash)
  await insertSession(change.trx, {
    ...session,
    id_hash: hashOf(token),
    seen_at: change.now,
    confirmed_at: change.now,
    factor: factor ? 1 : session.factor,
  })
  return { token, endsAt: session.ends_at }
}

export type FoundSession = { user: UserRow; actor: Extract<Actor, { kind: 'user' }>; session: SessionRow }

/** Undefined when there is none, it has ended, or the person may not sign in (any more). */
export async function findSessionByToken(
  context: Context,
  token: string,
  isUse = true,
): Promise<FoundSession | undefined> {
  const { store, runtime, settings } = context
  const session = await findSession(store.db, hashOf(token))
  if (session === undefined) return undefined
  const user = await findUser(store.db, session.user_id)
  // A clock that jumped back does not lengthen a session.
  const now = Math.max(runtime.now(), session.seen_at)
  if (user?.state !== 'active' || now >= session.ends_at || now - session.seen_at >= limitsOf(user).idleMs)
    return undefined
  // As when somebody became an administrator, or the rule was made stricter.
  if (session.factor === 0 && mustHaveFactor(settings.secondFactor, user.role)) return undefined
  if (isUse && now - session.seen_at >= seenEveryMs) {
    await store.change(system, async (change) => {
      change.quiet('a session was used')
      await touchSession(change.trx, session.id_hash, now)
    })
  }
  return { user, actor: actorOf(user), session }
}

export const actorOf = (user: UserRow): FoundSession['actor'] => ({
  kind: 'user',
  id: user.id,
  name: user.display_name,
  role: user.role,
})

/** Signs out. Nothing happens when the session is gone already. */
export async function endSession({ store }: Context, actor: Actor, token: string): Promise<void> {
  await store.change(actor, async (change) => {
    const user = await deleteSession(change.trx, hashOf(token))
    if (user !== undefined) change.event({ type: 'login_end', user })
  })
}

export async function endSessionsOf(context: Context, actor: Actor, userId: string): Promise<void> {
  await context.store.change(actor, async (change) => {
    await deleteSessionsOf(change.trx, userId)
    change.event({ type: 'login_end', user: userId, cause: 'all' })
  })
}

/** Somewhere that a person is signed in: a browser, or a program with tokens. Times in ms since the epoch. */
export type MySession = {
  id: string
  kind: 'browser' | 'extension' | 'cli'
  agent: string | null
  address: string | null
  createdAt: number
  seenAt: number
  endsAt: number
  /** The one that asks. */
  isThis: boolean
}

/** Those that have not ended: browsers first, and among them the one used last. */
export async function listSessions(
  { store, runtime }: Context,
  userId: string,
  thisIdHash: string,
): Promise<MySession[]> {
  const user = await findUser(store.db, userId)
  if (user === undefined) return []
  const now = runtime.now()
  const browsers = (await listRows(store.db, userId)).filter(
    ({ seen_at, ends_at }) => now < ends_at && now - seen_at < limitsOf(user).idleMs,
  )
  const programs = await listPrograms(store.db, userId, now)
  return [
    ...browsers.map((row) => shown(row.id_hash, 'browser', row, row.id_hash === thisIdHash)),
    ...programs.map((row) => shown(row.id, row.client, row, false)),
  ]
}

type Seen = Pick<SessionRow, 'agent' | 'address' | 'created_at' | 'seen_at' | 'ends_at'>

function shown(id: string, kind: MySession['kind'], row: Seen, isThis: boolean): MySession {
  const { agent, address, created_at: createdAt, seen_at: seenAt, ends_at: endsAt } = row
  return { id, kind, agent, address, createdAt, seenAt, endsAt, isThis }
}

/** Ends one of the person's own sessions, of a browser or a program, by its id. Problem `session_not_found`. */
export async function endMySession({ store }: Context, actor: FoundSession['actor'], id: string): Promise<void> {
  await store.change(actor, async (change) => {
    const { trx, now } = change
    if ((await listRows(trx, actor.id)).some(({ id_hash }) => id_hash === id)) await deleteSession(trx, id)
    else if ((await listPrograms(trx, actor.id, now)).some((program) => program.id === id)) await deleteProgram(trx, id)
    else throw new Problem('session_not_found', 'This session has ended already.')
    change.event({ type: 'login_end', user: actor.id, cause: 'other_device' })
  })
}

/** Ends all sessions of the person but this one, and signs the extension and programs out. */
export async function endOtherSessions({ store }: Context, { actor, session }: FoundSession): Promise<void> {
  await store.change(actor, async (change) => {
    await deleteSessionsOf(change.trx, actor.id, session.id_hash)
    change.event({ type: 'login_end', user: actor.id, cause: 'all_others' })
  })
}
