import type { Kysely, Migration } from 'kysely'

/** What following a person's attributes has to tell and to remember. */
export const mapping: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('bindings')
      .addColumn('unmapped', 'text', (column) => column.notNull().defaultTo('[]'))
      .execute()
    await db.schema
      .createIndex('users_by_manager')
      .on('users')
      .columns(['manager_id'])
      .where('manager_id' as never, 'is not', null)
      .execute()
  },
}
