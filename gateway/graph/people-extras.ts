import { AccountId } from '@lockstep/shared/contract/ids'
import { z } from 'zod'
import { failureOf, isMissing } from './failure.ts'
import { parsed, type Reader } from './reader.ts'
import { ReadRefused } from './transport.ts'

/** Largest photo that Microsoft 365 takes ("Update profilePhoto", read 2026-11-23), in bytes. */
export const largestPhoto = 4 * 1024 * 1024

const WithId = z.looseObject({ id: AccountId })
const WithManager = z.looseObject({ id: AccountId, manager: WithId.nullish() })
const Mailbox = z.looseObject({ userPurpose: z.string().nullish() })

/** An account and the account of its manager; those without one are left out. */
export type ManagerPair = { accountId: AccountId; managerId: AccountId }

const page = 999

/** Who manages whom: everybody page by page, or the accounts named. */
export async function* readManagers(
  reader: Reader,
  ids: readonly AccountId[] | 'all',
  now: () => number,
): AsyncGenerator<ManagerPair> {
  if (ids === 'all') {
    const url = `/users?$select=id&$expand=manager($select=id)&$top=${page}`
    for await (const item of reader.items(url, 2)) {
      const { id, manager } = parsed(WithManager, item, url)
      if (manager != null) yield { accountId: id, managerId: manager.id }
    }
    return
  }
  const urls = ids.map((id) => `/users/${id}/manager?$select=id`)
  const answers = await reader.readMany(urls)
  for (const [index, accountId] of ids.entries()) {
    const answer = answers[index]
    // Who has no manager has nothing to read there.
    if (answer === undefined || isMissing(answer)) continue
    if (answer.status !== 200) throw new ReadRefused(answer, failureOf(answer, 'read', now()))
    yield { accountId, managerId: parsed(WithId, answer.body, '/users/manager').id }
  }
}

/** What mailboxes are for (`user`, `shared`, `room`, …); what the tenant does not tell is left out. */
export async function readMailboxPurposes(reader: Reader, ids: readonly AccountId[]): Promise<Map<AccountId, string>> {
  const answers = await reader.readMany(ids.map((id) => `/users/${id}/mailboxSettings?$select=userPurpose`))
  const told = new Map<AccountId, string>()
  for (const [index, id] of ids.entries()) {
    const body = answers[index]?.status === 200 ? Mailbox.safeParse(answers[index]?.body) : null
    if (body?.success && body.data.userPurpose != null) told.set(id, body.data.userPurpose)
  }
  return told
}

/** Ids of everything in a group, also through groups in it. */
export async function readMembers(reader: Reader, groupId: string): Promise<Set<string>> {
  const url = `/groups/${groupId}/transitiveMembers?$select=id&$top=${page}`
  const members = new Set<string>()
  for await (const item of reader.items(url, 5)) members.add(parsed(WithId, item, url).id)
  return members
}

/** A photo as it is kept there; null when there is none. */
export async function readPhoto(
  reader: Reader,
  id: AccountId,
  now: () => number,
): Promise<Uint8Array | 'too_large' | null> {
  const answer = await reader.readFile(`/users/${id}/photo/$value`)
  if (answer.status === 404) return null
  if (answer.status !== 200 || typeof answer.body !== 'string')
    throw new ReadRefused(answer, failureOf(answer, 'read', now()))
  const bytes = Buffer.from(answer.body, 'base64')
  return bytes.length > largestPhoto ? 'too_large' : bytes
}
