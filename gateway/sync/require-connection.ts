import { Problem } from '../domain/problem.ts'
import { type ConnectionRow, findConnection } from '../store/connections.ts'
import type { SyncContext } from './context.ts'

export async function requireConnection(context: SyncContext, id: string): Promise<ConnectionRow> {
  const connection = await findConnection(context.store.db, id)
  if (connection !== undefined && connection.state !== 'deactivated') return connection
  throw new Problem(
    'connection_not_found',
    'There is no connection with this id. List the connections to find the right one.',
  )
}
