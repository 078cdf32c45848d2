import type { Kysely } from 'kysely'
import type { Runtime } from '../domain/runtime.ts'
import { contentOf, type MailRow } from './mails.ts'
import type { Database } from './schema.ts'
import { createVault, type Vault } from './vault.ts'

/** A vault whose pending passwords open on every day. */
export const testVault = (fill: number, runtime: Pick<Runtime, 'randomBytes'>): Vault =>
  createVault(new Uint8Array(32).fill(fill), runtime, { today: () => 0, secretOf: () => new Uint8Array(32) })

/** All mails with what is in them; of those that are over, nothing is. */
export async function openMails(
  db: Kysely<Database>,
  vault: Vault,
): Promise<(MailRow & { text: string; html: string })[]> {
  const rows = await db.selectFrom('mails').selectAll().orderBy('created_at').orderBy('id').execute()
  return rows.map((row) => ({ ...row, ...(contentOf(vault, row) ?? { text: '', html: '' }) }))
}
