import type { Kysely, Migration } from 'kysely'

/** The extension and the command lines that people are signed in with. Tokens are kept as hashes from now on. */
export const programs: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    // Whoever was signed in with the extension signs in once more.
    await db.deleteFrom('oauth_entries' as never).execute()
    await schema
      .createTable('programs')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
      .addColumn('client', 'text', (c) => c.notNull())
      .addColumn('agent', 'text')
      .addColumn('address', 'text')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('seen_at', 'bigint', (c) => c.notNull())
      .addColumn('ends_at', 'bigint', (c) => c.notNull())
      .addColumn('renewed_with', 'text')
      .addColumn('answer', 'text')
      .execute()
    await schema.createIndex('programs_by_user').on('programs').column('user_id').execute()
    await schema.createIndex('programs_by_end').on('programs').column('ends_at').execute()
    await schema.createIndex('programs_by_renewed_with').on('programs').column('renewed_with').execute()
  },
}
