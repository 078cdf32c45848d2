import type { Kysely, Migration } from 'kysely'

/** Whether an account that was taken over still has the password that Microsoft 365 knew it by. */
export const oldPassword: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('bindings').addColumn('old_password', 'text').execute()
  },
}
