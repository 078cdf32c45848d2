import type { Kysely, Migration } from 'kysely'

/** Who was told of a password that expires, and whose accounts are blocked for it. */
export const passwordAge: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('user_credentials').addColumn('expiry_looked_at', 'bigint').execute()
    await db.schema.alterTable('user_credentials').addColumn('expiry_told_at', 'bigint').execute()
    await db.schema.alterTable('users').addColumn('expiry_blocked_at', 'bigint').execute()
    await db.schema.createIndex('user_credentials_age').on('user_credentials').column('changed_at').execute()
  },
}
