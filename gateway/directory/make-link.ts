import { createHash } from 'node:crypto'
import { type LinkPurpose, linkLifeMs } from '../domain/link.ts'
import { findCredential } from '../store/credentials.ts'
import { deleteLinksOf, insertLink } from '../store/links.ts'
import type { Change } from '../store/store.ts'
import type { UserRow } from '../store/users.ts'
import type { Context } from './context.ts'

const paths: Record<LinkPurpose, string> = { activation: 'activate', reset: 'reset' }

/** What the store knows of a link's token. */
export const linkHashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/**
 * A new link, inside the change that gives the reason for it. An older invitation dies; reset links live side by side,
 * or whoever asks for one could end the one that its owner is about to open.
 */
export async function makeLink(
  context: Context,
  change: Change,
  user: Pick<UserRow, 'id'>,
  purpose: LinkPurpose,
  lifeMs = linkLifeMs[purpose],
): Promise<string> {
  const token = Buffer.from(context.runtime.randomBytes(32)).toString('base64url')
  const credential = await findCredential(change.trx, user.id)
  if (purpose === 'activation') await deleteLinksOf(change.trx, user.id, purpose)
  await insertLink(change.trx, {
    hash: linkHashOf(token),
    user_id: user.id,
    purpose,
    credential_version: credential?.version ?? 0,
    created_at: change.now,
    ends_at: change.now + lifeMs,
  })
  return `${context.settings.publicUrl}/portal/${paths[purpose]}/${token}`
}
