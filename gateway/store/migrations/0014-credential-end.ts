import type { Kysely, Migration } from 'kysely'

/** When the end of a connection's credential was looked at last, and which warning of it was given last. */
export const credentialEnd: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('connections').addColumn('credential_read_at', 'bigint').execute()
    await db.schema.alterTable('connections').addColumn('credential_warned', 'integer').execute()
  },
}
