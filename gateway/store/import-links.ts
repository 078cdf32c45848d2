import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Kysely, Selectable } from 'kysely'
import type { Database, ImportLinks } from './schema.ts'

export type ImportLink = Selectable<ImportLinks>

/** A person was imported from the account, or linked to it by a person's decision. */
export async function putImportLink(trx: Kysely<Database>, link: ImportLink): Promise<void> {
  await trx.insertInto('import_links').values(link).execute()
}

/** The account that a person was imported from, while it lives and belongs to nobody else. */
export async function importedFrom(
  db: Kysely<Database>,
  connectionId: string,
  userId: string,
): Promise<AccountId | undefined> {
  const row = await db
    .selectFrom('import_links as l')
    .innerJoin('accounts as a', (join) =>
      join.onRef('a.connection_id', '=', 'l.connection_id').onRef('a.id', '=', 'l.account_id'),
    )
    .leftJoin('bindings as b', (join) =>
      join
        .onRef('b.connection_id', '=', 'l.connection_id')
        .onRef('b.account_id', '=', 'l.account_id')
        .onRef('b.user_id', '<>', 'l.user_id'),
    )
    .select('l.account_id')
    .where('l.connection_id', '=', connectionId)
    .where('l.user_id', '=', userId)
    .where('a.deleted_at', 'is', null)
    .where('b.user_id', 'is', null)
    .executeTakeFirst()
  return row?.account_id as AccountId | undefined
}

/** Who was imported by this job, among these accounts. At most 500 at a time. */
export async function importedBy(
  db: Kysely<Database>,
  jobId: string,
  connectionId: string,
  accountIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('import_links')
    .select(['account_id', 'user_id'])
    .where('connection_id', '=', connectionId)
    .where('account_id', 'in', accountIds)
    .where('job_id', '=', jobId)
    .execute()
  return new Map(rows.map((row) => [row.account_id, row.user_id]))
}

export async function dropImportLink(
  trx: Kysely<Database>,
  link: { connectionId: string; accountId: string; jobId: string },
): Promise<void> {
  await trx
    .deleteFrom('import_links')
    .where('connection_id', '=', link.connectionId)
    .where('account_id', '=', link.accountId)
    .where('job_id', '=', link.jobId)
    .execute()
}
