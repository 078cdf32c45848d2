import type { Kysely, Migration } from 'kysely'

/** What giving and taking licences has to remember. */
export const licences: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .alterTable('bindings')
      .addColumn('licences', 'text', (column) => column.notNull().defaultTo('[]'))
      .execute()
    await schema.alterTable('bindings').addColumn('licences_wait_since', 'bigint').execute()
    await schema.alterTable('bindings').addColumn('blocked_at', 'bigint').execute()
    await schema
      .alterTable('bindings')
      .addColumn('licences_end', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    for (const column of ['licences_wait_since', 'blocked_at'] as const) {
      await schema
        .createIndex(`bindings_by_${column}`)
        .on('bindings')
        .columns(['connection_id', column])
        .where(column as never, 'is not', null)
        .execute()
    }
    await schema.alterTable('connections').addColumn('licence_stock', 'text').execute()
    await schema
      .createTable('leavers')
      .addColumn('connection_id', 'text', (column) => column.notNull())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('skus', 'text', (column) => column.notNull())
      .addColumn('blocked_at', 'bigint', (column) => column.notNull())
      .addColumn('next_attempt_at', 'bigint')
      .addPrimaryKeyConstraint('leavers_key', ['connection_id', 'account_id'])
      .execute()
    // Which licences an account holds was not remembered: everything is read once more.
    await db
      .updateTable('connections' as never)
      .set({ full_read_at: null } as never)
      .execute()
  },
}
