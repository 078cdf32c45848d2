import type { Binding } from '@lockstep/shared/contract/binding'
import type { MyStatus } from '@lockstep/shared/contract/session'
import type { User } from '@lockstep/shared/contract/user'
import { blocksAt, firstWarningMs } from '../domain/password-age.ts'
import { listConnections } from '../store/connections.ts'
import { findCredential } from '../store/credentials.ts'
import { listEvents } from '../store/events.ts'
import { untoldNews } from '../store/news.ts'
import type { Context } from './context.ts'
import { userOrProblem } from './find.ts'
import { passwordTargets } from './password-targets.ts'
import { presentUser, timeOf, timeOrNull } from './present-user.ts'

/** What the popup and the portal's home show a person. Problem `user_not_found`. */
export async function myStatus(context: Context, userId: string): Promise<MyStatus> {
  const { store } = context
  const row = await userOrProblem(store.db, userId)
  const user = await presentUser(context, row)
  const targets = await passwordTargets(store.db, row)
  const takenOver = new Set(targets.flatMap(({ binding, takeover }) => (takeover ? [binding.connection_id] : [])))
  const names = new Map((await listConnections(store.db)).map((row) => [row.id, row.name]))
  const bindings = user.bindings.filter(({ state }) => state !== 'unbinding' && state !== 'out_of_scope')
  const password = await ageOf(context, user)
  const { items } = await listEvents(store.db, { limit: 5, user: userId })
  return {
    user: { email: user.email, displayName: user.displayName },
    ...withAge(
      standingOf(bindings.map((each) => ({ ...each, takenOver: takenOver.has(each.connectionId) }))),
      password,
    ),
    password,
    news: (await untoldNews(store.db, userId)).map(({ connection_id, name, at }) => ({
      connection: connection_id,
      name,
      at: timeOf(at),
    })),
    connections: bindings.map((binding) => ({
      id: binding.connectionId,
      name: names.get(binding.connectionId) ?? '',
      account: binding.userPrincipalName,
      password: {
        state: binding.password.state,
        syncedAt: binding.password.syncedAt,
        reason: binding.password.reason,
      },
      lastSyncAt: binding.lastSyncAt,
    })),
    events: items,
  }
}

/**
 * What a person cares about is the password: differences of other attributes are the admin's affair, and do not turn
 * the sign green to yellow.
 */
export function standingOf(
  bindings: readonly {
    state: Binding['state']
    password: Pick<Binding['password'], 'state'>
    /** A sign-in brings the password there; else only a change does. */
    takenOver: boolean
  }[],
): Pick<MyStatus, 'state' | 'action'> {
  if (bindings.length === 0) return { state: 'unbound', action: null }
  const passwords = bindings.map(({ password }) => password.state)
  if (passwords.includes('rejected')) return { state: 'failed', action: 'change_password' }
  if (bindings.some(({ state }) => state === 'failed' || state === 'missing'))
    return { state: 'failed', action: 'try_again' }
  const waiting = bindings.filter(({ password }) => awaiting[password.state] === true)
  if (waiting.length > 0)
    return { state: 'waiting', action: waiting.some(({ takenOver }) => takenOver) ? 'sign_in' : 'change_password' }
  if (passwords.includes('pending') || bindings.some(({ state }) => state === 'pending' || state === 'retrying'))
    return { state: 'waiting', action: null }
  return { state: 'in_sync', action: null }
}

const awaiting: Partial<Record<Binding['password']['state'], boolean>> = {
  none: true,
  awaiting_login: true,
  drifted: true,
}

/** What is known of the password's age besides what everybody is shown of a person. */
async function ageOf({ store, runtime, settings }: Context, user: User): Promise<MyStatus['password']> {
  const { expiresAt, expired, blocked } = user.password
  const policy = settings.passwordExpiry
  const toldAt = (await findCredential(store.db, user.id))?.expiry_told_at ?? null
  return {
    expiresAt,
    expiring: expiresAt !== null && Date.parse(expiresAt) - runtime.now() <= firstWarningMs,
    expired,
    blocksAt: timeOrNull(policy === null || toldAt === null ? null : blocksAt(policy, toldAt)),
    blocked,
  }
}

/** A password that ends is one to change, whatever else there is to do about it. */
export function withAge(
  { state, action }: Pick<MyStatus, 'state' | 'action'>,
  { expiring, expired, blocked }: Pick<MyStatus['password'], 'expiring' | 'expired' | 'blocked'>,
): Pick<MyStatus, 'state' | 'action'> {
  if (blocked) return { state: 'failed', action: 'change_password' }
  if (expired) return { state, action: 'change_password' }
  return { state, action: action ?? (expiring ? 'change_password' : null) }
}
