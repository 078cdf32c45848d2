import { type Kysely, type Migration, sql } from 'kysely'

/** What importing has to remember, and what its lists are found by. */
export const importing: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema.alterTable('jobs').addColumn('resumed_at', 'bigint').execute()
    await schema
      .alterTable('jobs')
      .addColumn('resumed_count', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await schema.alterTable('accounts').addColumn('mailbox', 'text').execute()
    for (const name of ['licensed', 'looks_shared', 'odd_name'] as const)
      await schema
        .alterTable('accounts')
        .addColumn(name, 'integer', (column) => column.notNull().defaultTo(0))
        .execute()
    await schema
      .createTable('import_links')
      .addColumn('connection_id', 'text', (column) => column.notNull())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('job_id', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('import_links_pk', ['connection_id', 'account_id'])
      .addUniqueConstraint('import_links_user', ['connection_id', 'user_id'])
      .addForeignKeyConstraint('import_links_person', ['user_id'], 'users', ['id'], (c) => c.onDelete('cascade'))
      .addForeignKeyConstraint('import_links_connection', ['connection_id'], 'connections', ['id'], (c) =>
        c.onDelete('cascade'),
      )
      .execute()
    await schema.createIndex('import_links_by_user_id').on('import_links').column('user_id').execute()
    await schema
      .createTable('account_terms')
      .addColumn('connection_id', 'text', (column) => column.notNull())
      .addColumn('term', 'text', (column) => column.notNull())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('account_terms_pk', ['connection_id', 'term', 'account_id'])
      .addForeignKeyConstraint('account_terms_connection', ['connection_id'], 'connections', ['id'], (c) =>
        c.onDelete('cascade'),
      )
      .execute()
    await schema
      .createIndex('account_terms_by_account_id')
      .on('account_terms')
      .columns(['connection_id', 'account_id'])
      .execute()
    for (const column of ['user_principal_name', 'display_name_lc'])
      await sql`insert into account_terms (connection_id, term, account_id)
        select connection_id, ${sql.ref(column)}, id from accounts where ${sql.ref(column)} <> ''
        on conflict do nothing`.execute(db)
    await schema
      .createTable('user_photos')
      .addColumn('user_id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('content', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addForeignKeyConstraint('user_photos_user', ['user_id'], 'users', ['id'], (c) => c.onDelete('cascade'))
      .execute()
    for (const [name, where] of [
      ['protection', sql<boolean>`protection is not null`],
      ['licensed', sql<boolean>`licensed = 1`],
      ['looks_shared', sql<boolean>`looks_shared = 1`],
    ] as const)
      await schema
        .createIndex(`accounts_by_${name}`)
        .on('accounts')
        .columns(['connection_id', name, 'user_principal_name'])
        .where(where)
        .execute()
  },
}
