import type { Kysely, Migration } from 'kysely'

/** Who asked for a link by mail, and to whom the portal has said that an account has the password. */
export const links: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('link_requests')
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('email', 'text', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('link_requests_pk', ['id'])
      .execute()
    await schema.alterTable('bindings').addColumn('told_at', 'bigint').execute()
    await db
      .updateTable('bindings' as never)
      .set({ told_at: 0 } as never)
      .where('password_synced_at' as never, 'is not', null)
      .execute()
  },
}
