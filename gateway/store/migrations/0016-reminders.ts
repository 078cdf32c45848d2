import type { Kysely, Migration } from 'kysely'

/** Since when the sign-in of a bound person is awaited, and when that was last looked at. */
export const reminders: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema.alterTable('bindings').addColumn('awaiting_since', 'bigint').execute()
    await schema.alterTable('bindings').addColumn('awaiting_looked_at', 'bigint').execute()
    await schema
      .createIndex('bindings_by_awaiting_looked_at')
      .on('bindings')
      .columns(['awaiting_looked_at'])
      .where('awaiting_looked_at' as never, 'is not', null)
      .execute()
    await schema
      .createIndex('bindings_by_password_state')
      .on('bindings')
      .columns(['password_state', 'awaiting_since'])
      .where('password_state' as never, '=', 'awaiting_login')
      .execute()
  },
}
