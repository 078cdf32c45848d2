import type { Kysely, Migration } from 'kysely'

/** What stays of a connection that was deactivated, so that coming back is one plan. */
export const tombstones: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('tombstones')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('binding', 'text')
      .addColumn('blocked_by', 'text')
      .addColumn('ends_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('tombstones_pk', ['tenant_id', 'account_id'])
      .execute()
    await db.schema.createIndex('tombstones_by_ends_at').on('tombstones').columns(['ends_at']).execute()
    await db.schema
      .alterTable('connections')
      .addColumn('returning', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
  },
}
