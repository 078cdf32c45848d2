import type { Kysely, Migration } from 'kysely'

/** What blocking, restoring, reading back and undoing have to remember. */
export const life: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema.alterTable('bindings').addColumn('recover', 'text').execute()
    await schema
      .alterTable('bindings')
      .addColumn('repair', 'text', (column) => column.notNull().defaultTo('[]'))
      .execute()
    await schema.alterTable('bindings').addColumn('verify_at', 'bigint').execute()
    await schema.alterTable('bindings').addColumn('job_id', 'text').execute()
    await schema.alterTable('bindings').addColumn('password_tenant_at', 'bigint').execute()
    await schema
      .createIndex('bindings_by_verify_at')
      .on('bindings')
      .columns(['connection_id', 'verify_at'])
      .where('verify_at' as never, 'is not', null)
      .execute()
    await schema
      .createIndex('bindings_by_drift')
      .on('bindings')
      .columns(['connection_id', 'user_id'])
      .where('drift' as never, '!=', '[]')
      .execute()
    await schema.alterTable('accounts').addColumn('blocking', 'text').execute()
    await schema
      .alterTable('accounts')
      .addColumn('revoke_due', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await schema.alterTable('connections').addColumn('passwords_read_at', 'bigint').execute()
    await schema
      .createTable('before_images')
      .addColumn('event_id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('connection_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('job_id', 'text')
      .addColumn('cycle_id', 'text')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('changes', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('undone_at', 'bigint')
      .execute()
    for (const name of ['account_id', 'job_id', 'cycle_id'] as const) {
      await schema
        .createIndex(`before_images_by_${name}`)
        .on('before_images')
        .columns(['connection_id', name])
        .execute()
    }
    await schema.createIndex('before_images_by_at').on('before_images').columns(['at']).execute()
  },
}
