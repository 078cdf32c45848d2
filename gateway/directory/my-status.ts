import type { Binding } from '@lockstep/shared/contract/binding'
import type { MyStatus } from '@lockstep/shared/contract/session'
import { listConnections } from '../store/connections.ts'
import { listEvents } from '../store/events.ts'
import { untoldNews } from '../store/news.ts'
import type { Context } from './context.ts'
import { userOrProblem } from './find.ts'
import { passwordTargets } from './password-targets.ts'
import { presentUser, timeOf } from './present-user.ts'

/** What the popup and the portal's home show a person. Problem `user_not_found`. */
export async function myStatus({ store }: Context, userId: string): Promise<MyStatus> {
  const row = await userOrProblem(store.db, userId)
  const user = await presentUser(store.db, row)
  const targets = await passwordTargets(store.db, row)
  const takenOver = new Set(targets.flatMap(({ binding, takeover }) => (takeover ? [binding.connection_id] : [])))
  const names = new Map((await listConnections(store.db)).map((row) => [row.id, row.name]))
  const bindings = user.bindings.filter(({ state }) => state !== 'unbinding' && state !== 'out_of_scope')
  const { items } = await listEvents(store.db, { limit: 5, user: userId })
  return {
    user: { email: user.email, displayName: user.displayName },
    ...standingOf(bindings.map((each) => ({ ...each, takenOver: takenOver.has(each.connectionId) }))),
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
