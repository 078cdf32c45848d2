import type { Kysely, Migration } from 'kysely'

/** Second factors, what a sign-in leaves between its steps, and what is known of sessions. */
export const secondFactors: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('totp_factors')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('sealed_seed', 'text', (c) => c.notNull())
      .addColumn('last_step', 'bigint', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('used_at', 'bigint')
      .execute()
    await schema.createIndex('totp_factors_by_user').on('totp_factors').column('user_id').execute()
    await schema
      .createTable('passkeys')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('credential_id', 'text', (c) => c.notNull().unique())
      .addColumn('public_key', 'text', (c) => c.notNull())
      .addColumn('counter', 'bigint', (c) => c.notNull())
      .addColumn('transports', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('used_at', 'bigint')
      .execute()
    await schema.createIndex('passkeys_by_user').on('passkeys').column('user_id').execute()
    await schema
      .createTable('recovery_codes')
      .addColumn('hash', 'text', (c) => c.primaryKey())
      .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .execute()
    await schema.createIndex('recovery_codes_by_user').on('recovery_codes').column('user_id').execute()
    await schema
      .createTable('half_sign_ins')
      .addColumn('id_hash', 'text', (c) => c.primaryKey())
      .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
      .addColumn('credential_version', 'integer', (c) => c.notNull())
      .addColumn('sealed_password', 'text', (c) => c.notNull())
      .addColumn('onward', 'text')
      .addColumn('tries', 'integer', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('ends_at', 'bigint', (c) => c.notNull())
      .execute()
    await schema
      .createTable('ceremonies')
      .addColumn('holder', 'text', (c) => c.notNull())
      .addColumn('purpose', 'text', (c) => c.notNull())
      .addColumn('content', 'text', (c) => c.notNull())
      .addColumn('ends_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('ceremonies_pk', ['holder', 'purpose'])
      .execute()
    for (const column of ['address', 'agent']) await schema.alterTable('sessions').addColumn(column, 'text').execute()
    await schema.alterTable('sessions').addColumn('confirmed_at', 'bigint').execute()
    await schema
      .alterTable('sessions')
      .addColumn('factor', 'integer', (c) => c.notNull().defaultTo(0))
      .execute()
    await schema.alterTable('oauth_entries').addColumn('user_id', 'text').execute()
    await schema.createIndex('oauth_entries_by_user').on('oauth_entries').column('user_id').execute()
  },
}
