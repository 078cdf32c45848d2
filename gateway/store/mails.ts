import type { Kysely, Selectable } from 'kysely'
import { z } from 'zod'
import { countOf, type Page, pageOf, readCursor } from './page.ts'
import type { Database, Mails } from './schema.ts'
import { SealRejected, type Vault } from './vault.ts'

export type MailRow = Selectable<Mails>
type Content = { text: string; html: string }
export type NewMail = Pick<MailRow, 'id' | 'user_id' | 'kind' | 'recipient' | 'subject'> & Content

/** In the transaction of what it tells about: it is sent if, and only if, that is true. */
export async function queueMail(trx: Kysely<Database>, vault: Vault, mail: NewMail, now: number): Promise<void> {
  const { text, html, ...row } = mail
  await trx
    .insertInto('mails')
    .values({
      ...row,
      sealed: vault.sealMail(JSON.stringify({ text, html }), { mailId: mail.id }),
      state: 'queued',
      attempt: 0,
      next_attempt_at: now,
      created_at: now,
      sent_at: null,
      error: null,
    })
    .execute()
}

const Content = z.object({ text: z.string(), html: z.string() })

/** Null when it was delivered, or cannot be opened any more. */
export function contentOf(vault: Vault, { id, sealed }: Pick<MailRow, 'id' | 'sealed'>): Content | null {
  if (sealed === null) return null
  try {
    return Content.parse(JSON.parse(vault.openMail(sealed, { mailId: id })))
  } catch (error) {
    if (error instanceof SealRejected) return null
    throw error
  }
}

export async function dueMails(db: Kysely<Database>, now: number, limit: number): Promise<MailRow[]> {
  return await db
    .selectFrom('mails')
    .selectAll()
    .where('state', '=', 'queued')
    .where('next_attempt_at', '<=', now)
    .orderBy('next_attempt_at')
    .limit(limit)
    .execute()
}

export async function findMail(db: Kysely<Database>, id: string): Promise<MailRow | undefined> {
  return await db.selectFrom('mails').selectAll().where('id', '=', id).executeTakeFirst()
}

export type MailQuery = {
  limit: number
  cursor?: string | undefined
  count?: string | undefined
  state?: MailRow['state'] | undefined
  user?: string | undefined
}

/** Newest first. */
export async function searchMails(db: Kysely<Database>, query: MailQuery): Promise<Page<MailRow>> {
  let found = db.selectFrom('mails')
  if (query.state !== undefined) found = found.where('state', '=', query.state)
  if (query.user !== undefined) found = found.where('user_id', '=', query.user)
  const total = query.count === 'true' ? await countOf(found) : undefined
  if (query.cursor !== undefined) {
    const { number, id } = readCursor(query.cursor)
    found = found.where((e) =>
      e.or([e('created_at', '<', number), e.and([e('created_at', '=', number), e('id', '<', id)])]),
    )
  }
  const rows = await found
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute()
  return pageOf(rows, query.limit, (last) => ({ text: '', number: last.created_at, id: last.id }), total)
}

export async function updateMail(
  trx: Kysely<Database>,
  id: string,
  values: Partial<Pick<MailRow, 'state' | 'sealed' | 'attempt' | 'next_attempt_at' | 'sent_at' | 'error'>>,
): Promise<void> {
  await trx.updateTable('mails').set(values).where('id', '=', id).execute()
}

/** Those of a kind that nobody has tried to send yet. */
export async function takeBackMails(trx: Kysely<Database>, userId: string, kind: string): Promise<void> {
  await trx
    .deleteFrom('mails')
    .where('user_id', '=', userId)
    .where('kind', '=', kind)
    .where('state', '=', 'queued')
    .where('attempt', '=', 0)
    .execute()
}

/** What was over before then is forgotten; what waits since `stale`, perhaps for a mail server at all, is news no more. */
export async function forgetMails(trx: Kysely<Database>, before: number, stale: number): Promise<void> {
  await trx.deleteFrom('mails').where('state', '!=', 'queued').where('created_at', '<', before).execute()
  await trx
    .updateTable('mails')
    .set({ state: 'failed', sealed: null, error: 'No mail server took it in three days.' })
    .where('state', '=', 'queued')
    .where('created_at', '<', stale)
    .execute()
}
