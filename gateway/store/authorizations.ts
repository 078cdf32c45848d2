import { createHash } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import type { Authorizations, Database } from './schema.ts'

export type AuthorizationRow = Selectable<Authorizations>

const hashOf = (state: string) => createHash('sha256').update(state).digest('hex')

export async function insertAuthorization(
  trx: Kysely<Database>,
  state: string,
  row: Omit<AuthorizationRow, 'state_hash'>,
): Promise<void> {
  await trx
    .insertInto('authorizations')
    .values({ ...row, state_hash: hashOf(state) })
    .execute()
}

/** Takes away what was begun with this state by one of these owners: it is found once, and until it ends. */
export async function takeAuthorization(
  trx: Kysely<Database>,
  state: string,
  owners: readonly string[],
  now: number,
): Promise<AuthorizationRow | undefined> {
  return await trx
    .deleteFrom('authorizations')
    .where('state_hash', '=', hashOf(state))
    .where('owner', 'in', owners)
    .where('ends_at', '>', now)
    .returningAll()
    .executeTakeFirst()
}

export async function deleteEndedAuthorizations(trx: Kysely<Database>, now: number): Promise<void> {
  await trx.deleteFrom('authorizations').where('ends_at', '<=', now).execute()
}
