import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

/** Who may sign in and is not bound to the connection, or in vain, page by page in the order of their addresses. */
export async function* unboundUsers(
  db: Kysely<Database>,
  connectionId: string,
): AsyncGenerator<{ id: string; email: string }[]> {
  for (let after = ''; ; ) {
    const page = await db
      .selectFrom('users')
      .leftJoin('bindings', (join) =>
        join.onRef('bindings.user_id', '=', 'users.id').on('bindings.connection_id', '=', connectionId),
      )
      .select(['users.id', 'users.email'])
      .where('users.deleted_at', 'is', null)
      .where('users.state', '!=', 'suspended')
      .where('users.email', '>', after)
      .where((e) => e.or([e('bindings.state', 'is', null), e('bindings.state', '=', 'failed')]))
      .orderBy('users.email')
      .limit(500)
      .execute()
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    after = last.email
  }
}
