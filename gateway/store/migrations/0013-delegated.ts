import type { Kysely, Migration } from 'kysely'

/** Connections by the sign-in of an administrator, and sign-ins that were begun. */
export const delegated: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('connections').addColumn('sealed_tokens', 'text').execute()
    await db.schema
      .createTable('authorizations')
      .addColumn('state_hash', 'text', (c) => c.primaryKey())
      .addColumn('owner', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('cloud', 'text', (c) => c.notNull())
      .addColumn('connection_id', 'text')
      .addColumn('ends_at', 'bigint', (c) => c.notNull())
      .execute()
  },
}
