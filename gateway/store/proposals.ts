import type { Insertable, Kysely, Selectable } from 'kysely'
import type { Database, PasswordProposals } from './schema.ts'

export type ProposalRow = Selectable<PasswordProposals>

/** False when the person has an open proposal already. */
export async function openProposal(trx: Kysely<Database>, row: Insertable<PasswordProposals>): Promise<boolean> {
  const result = await trx
    .insertInto('password_proposals')
    .values(row)
    .onConflict((c) => c.column('user_id').doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

export async function findProposal(db: Kysely<Database>, userId: string): Promise<ProposalRow | undefined> {
  return await db.selectFrom('password_proposals').selectAll().where('user_id', '=', userId).executeTakeFirst()
}

export async function listProposals(db: Kysely<Database>): Promise<ProposalRow[]> {
  return await db.selectFrom('password_proposals').selectAll().orderBy('created_at').execute()
}

/** Before a proposed version leaves for a tenant. False when it is no longer open: then it must not leave. */
export async function markProposalSent(trx: Kysely<Database>, userId: string, version: number): Promise<boolean> {
  const result = await trx
    .updateTable('password_proposals')
    .set({ sent: 1 })
    .where('user_id', '=', userId)
    .where('version', '=', version)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** False when it was closed already. */
export async function closeProposal(trx: Kysely<Database>, userId: string, version: number): Promise<boolean> {
  const result = await trx
    .deleteFrom('password_proposals')
    .where('user_id', '=', userId)
    .where('version', '=', version)
    .executeTakeFirst()
  return result.numDeletedRows === 1n
}
