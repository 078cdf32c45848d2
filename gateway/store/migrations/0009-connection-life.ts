import type { Kysely, Migration } from 'kysely'

/** What a connection has to remember of its tenant besides its accounts. */
export const connectionLife: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('connections').addColumn('claim', 'text').execute()
    await db.schema.alterTable('connections').addColumn('quarantine', 'text').execute()
    await db.schema.alterTable('connections').addColumn('credential_ends_at', 'bigint').execute()
    await db.schema.alterTable('connections').addColumn('authorised_by', 'text').execute()
  },
}
