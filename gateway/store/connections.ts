import type { Kysely, Selectable, Updateable } from 'kysely'
import { Secret } from '../domain/secret.ts'
import { countOf, type Page, pageOf, readCursor } from './page.ts'
import type { Connections, Database } from './schema.ts'
import type { Vault } from './vault.ts'

export type ConnectionRow = Selectable<Connections>

/** A credential as it is sealed. */
export type StoredCredential =
  | { kind: 'secret'; secret: string }
  | { kind: 'certificate'; pem: string; privateKeyPem: string }
  /** An administrator's sign-in; its tokens are sealed apart, since they change by themselves. */
  | { kind: 'delegated'; homeAccountId: string }

export function sealCredential(vault: Vault, connectionId: string, credential: StoredCredential): string {
  return vault.sealSecret(new Secret(JSON.stringify(credential)), { connectionId })
}

/** `SealRejected` when the row was tampered with; a plain error once the connection was deactivated. */
export function openCredential(
  vault: Vault,
  connection: Pick<ConnectionRow, 'id' | 'sealed_credential'>,
): StoredCredential {
  if (connection.sealed_credential === null) throw new Error('The credential of this connection was erased.')
  const opened = vault.openSecret(connection.sealed_credential, { connectionId: connection.id })
  return JSON.parse(opened.reveal()) as StoredCredential
}

export const tokensOwner = (connectionId: string) => ({ connectionId: `${connectionId} tokens` })

export const sealTokens = (vault: Vault, connectionId: string, cache: Secret): string =>
  vault.sealSecret(cache, tokensOwner(connectionId))

/** `SealRejected` when the row was tampered with. */
export function openTokens(vault: Vault, connection: Pick<ConnectionRow, 'id' | 'sealed_tokens'>): Secret {
  if (connection.sealed_tokens === null) throw new Error('The sign-in of this connection was erased.')
  return vault.openSecret(connection.sealed_tokens, tokensOwner(connection.id))
}

/** Keeps what became of the tokens, unless there is another sign-in by now. */
export async function keepTokens(
  trx: Kysely<Database>,
  connection: Pick<ConnectionRow, 'id' | 'sealed_credential'>,
  sealedTokens: string,
): Promise<void> {
  await trx
    .updateTable('connections')
    .set({ sealed_tokens: sealedTokens })
    .where('id', '=', connection.id)
    .where('sealed_credential', '=', connection.sealed_credential)
    .execute()
}

/** Nothing was read from the tenant and nothing held back yet. */
const untouched = {
  error: null,
  delta_link: null,
  full_read_at: null,
  protected_read_at: null,
  passwords_read_at: null,
  last_cycle: null,
  brake: null,
  approval: null,
  returning: 0,
  groups_link: null,
  groups_read_at: null,
  claim: null,
  quarantine: null,
  credential_ends_at: null,
  credential_read_at: null,
  credential_warned: null,
  authorised_by: null,
  sealed_tokens: null,
  licence_stock: null,
} as const satisfies Partial<ConnectionRow>

export type NewConnection = Omit<ConnectionRow, keyof typeof untouched>

/** A unique violation (see `isUniqueViolation`) when the tenant is connected already. */
export async function insertConnection(trx: Kysely<Database>, row: NewConnection): Promise<void> {
  await trx
    .insertInto('connections')
    .values({ ...untouched, ...row })
    .execute()
}

export async function findConnection(db: Kysely<Database>, id: string): Promise<ConnectionRow | undefined> {
  return await db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The connection of a tenant, a deactivated one only if there is no other. */
export async function findConnectionOfTenant(
  db: Kysely<Database>,
  tenantId: string,
): Promise<ConnectionRow | undefined> {
  const rows = await db
    .selectFrom('connections')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('created_at', 'desc')
    .execute()
  return rows.find((row) => row.state !== 'deactivated') ?? rows[0]
}

/** All that are not deactivated, oldest first. */
export async function listConnections(db: Kysely<Database>): Promise<ConnectionRow[]> {
  return await db
    .selectFrom('connections')
    .selectAll()
    .where('state', '!=', 'deactivated')
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/** One page of those that are not deactivated, oldest first. Problem `validation_failed` for a cursor that is not ours. */
export async function connectionPage(
  db: Kysely<Database>,
  query: { limit: number; cursor?: string | undefined; count?: 'true' | 'false' | undefined },
): Promise<Page<ConnectionRow>> {
  let select = db.selectFrom('connections').where('state', '!=', 'deactivated')
  const total = query.count === 'true' ? await countOf(select) : undefined
  if (query.cursor !== undefined) {
    const { number, id } = readCursor(query.cursor)
    select = select.where((e) => e(e.refTuple('created_at', 'id'), '>', e.tuple(number, id)))
  }
  const rows = await select
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .limit(query.limit + 1)
    .execute()
  return pageOf(rows, query.limit, (last) => ({ text: '', number: last.created_at, id: last.id }), total)
}

export async function updateConnection(
  trx: Kysely<Database>,
  id: string,
  values: Updateable<Connections>,
): Promise<void> {
  await trx.updateTable('connections').set(values).where('id', '=', id).execute()
}

export async function deleteConnection(trx: Kysely<Database>, id: string): Promise<void> {
  await trx.deleteFrom('connections').where('id', '=', id).execute()
}
