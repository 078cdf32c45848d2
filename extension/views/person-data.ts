import type { Client } from '@lockstep/shared/client/client'
import type { Binding } from '@lockstep/shared/contract/binding'
import type { AccountDetail, Connection } from '@lockstep/shared/contract/connection'
import type { Plan } from '@lockstep/shared/contract/plan'
import type { User } from '@lockstep/shared/contract/user'
import type { UserAction } from '@lockstep/shared/ui/user-detail'
import type { Intent } from '@lockstep/shared/ui/what-will-happen'
import { failureOf } from '../state/failure.ts'

/** Whom the panel shows: the person of an account, or one that was chosen from the list. */
export type Subject = { accountId: string } | { userId: string; accountId: string | null }

export type Person = {
  user: User
  connection: Connection | null
  binding: Binding | null
  account: AccountDetail | null
}

/** The person with everything beside; null when nobody in the directory has that account. */
export async function loadPerson(client: Client, subject: Subject, signal: AbortSignal): Promise<Person | null> {
  const [user, { items: connections }] = await Promise.all([
    findUser(client, subject, signal),
    client.call('GET /connections', { query: { limit: 500 }, signal }),
  ])
  if (user === null) return null
  const binding = user.bindings.find((held) => held.accountId === subject.accountId) ?? user.bindings[0] ?? null
  const connection = connectionFor(user, binding, connections)
  const accountId = binding?.accountId ?? subject.accountId
  const account = connection && accountId ? await findAccount(client, connection, accountId, signal) : null
  return { user, connection, binding, account }
}

async function findUser(client: Client, subject: Subject, signal: AbortSignal): Promise<User | null> {
  if ('userId' in subject) return client.call('GET /users/{id}', { params: { id: subject.userId }, signal })
  const query = { account: subject.accountId as NonNullable<Binding['accountId']>, limit: 1 }
  const { items } = await client.call('GET /users', { query, signal })
  return items[0] ?? null
}

/** The account may be gone, or may not have been seen yet; the person is shown all the same. */
async function findAccount(client: Client, connection: Connection, accountId: string, signal: AbortSignal) {
  try {
    const params = { id: connection.id, accountId }
    return await client.call('GET /connections/{id}/accounts/{accountId}', { params, signal })
  } catch (error) {
    if (failureOf(error).kind === 'problem') return null
    throw error
  }
}

function connectionFor(user: User, binding: Binding | null, connections: readonly Connection[]): Connection | null {
  const bound = connections.find((connection) => connection.id === binding?.connectionId)
  const domain = user.email.slice(user.email.lastIndexOf('@') + 1).toLowerCase()
  return bound ?? connections.find((connection) => connection.domains.includes(domain)) ?? connections[0] ?? null
}

/** What would happen; nothing is applied. */
export function loadPlan(client: Client, person: Person, intent: Intent, signal: AbortSignal): Promise<Plan> {
  const supposed = intent === 'restore' ? 'bind' : intent
  const query = { user: person.user.id, ...(supposed !== 'sync' && { if: supposed }) }
  return client.call('GET /connections/{id}/plan', { params: { id: person.connection?.id ?? '' }, query, signal })
}

/** Does it. Returns why it was refused at Microsoft 365, or null. */
export async function act(client: Client, person: Person, intent: Intent): Promise<string | null> {
  const params = { id: person.connection?.id ?? '', userId: person.user.id }
  const idempotencyKey = crypto.randomUUID()
  if (intent === 'bind' || intent === 'restore' || intent === 'recreate') {
    const body = intent === 'recreate' ? { recreate: true } : {}
    await client.call('PUT /connections/{id}/bindings/{userId}', { params, body })
    return null
  }
  if (intent === 'sync') {
    const route = 'POST /connections/{id}/bindings/{userId}/sync'
    const { operations } = await client.call(route, { params, idempotencyKey })
    return operations.find(({ result }) => result.outcome === 'failure')?.result.detail ?? null
  }
  const query = { account: intent === 'unbind' ? ('block' as const) : ('keep' as const) }
  await client.call('DELETE /connections/{id}/bindings/{userId}', { params, query })
  return null
}

/** States that pass by themselves, so that it is worth looking again soon. */
export function isMoving({ binding }: Person): boolean {
  if (binding === null) return false
  return ['pending', 'out_of_sync', 'unbinding'].includes(binding.state) || binding.password.state === 'pending'
}

export const actionOf = (intent: Intent): UserAction => (intent === 'unbind_keep' ? 'unbind' : intent)
