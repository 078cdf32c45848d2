import type { Kysely, Migration } from 'kysely'

/** Groups of the directory, what the tenants have, and which group follows which. */
export const groups: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('groups')
      .addColumn('id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('display_name', 'text', (column) => column.notNull())
      .addColumn('name_lc', 'text', (column) => column.notNull())
      .addColumn('description', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute()
    await schema.createIndex('groups_by_name').on('groups').columns(['name_lc', 'id']).execute()
    await schema
      .createTable('memberships')
      .addColumn('group_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('memberships_pk', ['group_id', 'user_id'])
      .addForeignKeyConstraint('memberships_group', ['group_id'], 'groups', ['id'], (c) => c.onDelete('cascade'))
      .addForeignKeyConstraint('memberships_user', ['user_id'], 'users', ['id'], (c) => c.onDelete('cascade'))
      .execute()
    await schema.createIndex('memberships_by_user').on('memberships').columns(['user_id']).execute()
    await schema
      .createTable('remote_groups')
      .addColumn('connection_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('name_lc', 'text', (column) => column.notNull())
      .addColumn('observed', 'text', (column) => column.notNull())
      .addColumn('deleted_at', 'bigint')
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('remote_groups_pk', ['connection_id', 'id'])
      .addForeignKeyConstraint('remote_groups_connection', ['connection_id'], 'connections', ['id'], (c) =>
        c.onDelete('cascade'),
      )
      .execute()
    await schema
      .createIndex('remote_groups_by_name')
      .on('remote_groups')
      .columns(['connection_id', 'name_lc'])
      .execute()
    await schema
      .createTable('remote_members')
      .addColumn('connection_id', 'text', (column) => column.notNull())
      .addColumn('group_id', 'text', (column) => column.notNull())
      .addColumn('member_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('remote_members_pk', ['connection_id', 'group_id', 'member_id'])
      .addForeignKeyConstraint('remote_members_connection', ['connection_id'], 'connections', ['id'], (c) =>
        c.onDelete('cascade'),
      )
      .execute()
    await schema
      .createTable('group_bindings')
      .addColumn('connection_id', 'text', (column) => column.notNull())
      .addColumn('group_id', 'text', (column) => column.notNull())
      .addColumn('remote_id', 'text')
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('baseline', 'text')
      .addColumn('dirty', 'integer', (column) => column.notNull())
      .addColumn('named', 'integer', (column) => column.notNull())
      .addColumn('attempt', 'integer', (column) => column.notNull())
      .addColumn('next_attempt_at', 'bigint')
      .addColumn('error', 'text')
      .addColumn('last_sync_at', 'bigint')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('group_bindings_pk', ['connection_id', 'group_id'])
      .addForeignKeyConstraint('group_bindings_connection', ['connection_id'], 'connections', ['id'], (c) =>
        c.onDelete('cascade'),
      )
      .addForeignKeyConstraint('group_bindings_group', ['group_id'], 'groups', ['id'], (c) => c.onDelete('cascade'))
      .execute()
    await schema
      .createIndex('group_bindings_by_remote')
      .unique()
      .on('group_bindings')
      .columns(['connection_id', 'remote_id'])
      .where('remote_id' as never, 'is not', null)
      .execute()
    await schema.createIndex('group_bindings_by_group').on('group_bindings').columns(['group_id']).execute()
    await schema.alterTable('connections').addColumn('groups_link', 'text').execute()
    await schema.alterTable('connections').addColumn('groups_read_at', 'bigint').execute()
  },
}
