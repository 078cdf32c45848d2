import type { Kysely, Migration } from 'kysely'

/** What left and is not known to have arrived, and what has to be sent once more because of it. */
export const passwordTickets: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('password_tickets')
      .addColumn('event_id', 'text', (c) => c.primaryKey())
      .addColumn('connection_id', 'text', (c) => c.notNull())
      .addColumn('user_id', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addForeignKeyConstraint(
        'password_tickets_binding',
        ['connection_id', 'user_id'],
        'bindings',
        ['connection_id', 'user_id'],
        (c) => c.onDelete('cascade'),
      )
      .execute()
    await schema
      .createIndex('password_tickets_by_binding')
      .on('password_tickets')
      .columns(['connection_id', 'user_id'])
      .execute()
    await schema.alterTable('pending_passwords').addColumn('again_at', 'bigint').execute()
    await schema.alterTable('pending_passwords').dropColumn('dispatched_at').execute()
  },
}
