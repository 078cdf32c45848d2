import { type Kysely, type Migration, sql } from 'kysely'

/** Mails are sealed while they wait. What waited in the clear is given up: a new link takes its place when it is asked for. */
export const sealedMails: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('mails').addColumn('sealed', 'text').execute()
    await sql`update mails set state = 'failed', text = '', html = '',
      error = 'It waited while Lockstep was updated. Send it again.' where state = 'queued'`.execute(db)
    await db.schema.alterTable('mails').dropColumn('text').execute()
    await db.schema.alterTable('mails').dropColumn('html').execute()
    await db.schema.createIndex('mails_by_user_id_created_at').on('mails').columns(['user_id', 'created_at']).execute()
  },
}
