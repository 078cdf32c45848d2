import { createHash } from 'node:crypto'
import type { Actor } from '../domain/actor.ts'
import { system } from '../domain/actor.ts'
import type { Runtime } from '../domain/runtime.ts'
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

/** A new session inside the change that signs somebody in. The token goes into the cookie and is not stored. */
export async function createSession(
  change: Change,
  runtime: Pick<Runtime, 'randomBytes'>,
  user: Pick<UserRow, 'id' | 'role'>,
): Promise<NewSession> {
  const token = Buffer.from(runtime.randomBytes(32)).toString('base64url')
  const endsAt = change.now + limitsOf(user).wholeMs
  await insertSession(change.trx, {
    id_hash: hashOf(token),
    user_id: user.id,
    created_at: change.now,
    seen_at: change.now,
    ends_at: endsAt,
  })
  return { token, endsAt }
}

export type FoundSession = { user: UserRow; actor: Extract<Actor, { kind: 'user' }>; session: SessionRow }

/** Undefined when there is none, it has ended, or the person may not sign in (any more). */
export async function findSessionByToken(
  context: Context,
  token: string,
  isUse = true,
): Promise<FoundSession | undefined> {
  const { store, runtime } = context
  const session = await findSession(store.db, hashOf(token))
  if (session === undefined) return undefined
  const user = await findUser(store.db, session.user_id)
  // A clock that jumped back does not lengthen a session.
  const now = Math.max(runtime.now(), session.seen_at)
  if (user?.state !== 'active' || now >= session.ends_at || now - session.seen_at >= limitsOf(user).idleMs)
    return undefined
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

export async function listSessions({ store }: Context, userId: string): Promise<SessionRow[]> {
  return await listRows(store.db, userId)
}
