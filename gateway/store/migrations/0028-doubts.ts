import type { Kysely, Migration } from 'kysely'

/** Which accounts are to be read again, since what was seen of them may have been a late answer. */
export const doubts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('accounts').addColumn('doubt_until', 'bigint').execute()
    await db.schema
      .createIndex('accounts_by_doubt_until')
      .on('accounts')
      .columns(['connection_id', 'doubt_until'])
      .where('doubt_until' as never, 'is not', null)
      .execute()
  },
}
