import type { Kysely, Migration } from 'kysely'

/** When a block went out whose outcome is not known, and how to find those. */
export const blockIntent: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('accounts').addColumn('blocking_at', 'bigint').execute()
    await db.schema
      .createIndex('accounts_by_blocking')
      .on('accounts')
      .columns(['connection_id', 'blocking_at'])
      .where('blocking' as never, 'is not', null)
      .execute()
  },
}
