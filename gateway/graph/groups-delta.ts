import { z } from 'zod'
import type { ObservedGroup } from '../domain/group.ts'
import { isDeadToken } from './failure.ts'
import { odata } from './odata.ts'
import { nextOf, parsed, type Reader } from './reader.ts'
import { ReadRefused } from './transport.ts'
import { Page } from './wire.ts'

const text = z.string().nullish()

/** A group as Graph answers; anything may be absent on a delta page ("group: delta", read 2026-11-23). */
const GraphGroup = z.looseObject({
  id: z.string(),
  displayName: text,
  description: text,
  mailNickname: text,
  mailEnabled: z.boolean().nullish(),
  securityEnabled: z.boolean().nullish(),
  groupTypes: z.array(z.string()).nullish(),
  isAssignableToRole: z.boolean().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  'members@delta': z.array(z.looseObject({ id: z.string(), '@removed': z.unknown().optional() })).optional(),
  '@removed': z.object({ reason: z.string() }).optional(),
})

const properties = [
  'id',
  'displayName',
  'description',
  'mailNickname',
  'mailEnabled',
  'securityEnabled',
  'groupTypes',
  'isAssignableToRole',
  'onPremisesSyncEnabled',
].join(',')

/** What a page tells of a group: absent properties are not told. A large group comes in slices over several pages. */
export type GroupSlice = {
  id: string
  told: Partial<Omit<ObservedGroup, 'id'>>
  members: { id: string; removed: boolean }[]
}

export type GroupPage =
  | { kind: 'page'; groups: GroupSlice[]; removed: string[]; deltaLink: string | null }
  | { kind: 'reset' }

const firstUrl = `/groups/delta?$select=${properties},members`

/** One round from the link, or from the beginning; `reset` when the tenant has forgotten the link. */
export async function* followGroups(reader: Reader, deltaLink: string | null): AsyncGenerator<GroupPage> {
  for (let link = deltaLink ?? firstUrl; ; ) {
    let body: unknown
    try {
      body = await reader.read(link)
    } catch (error) {
      if (link === firstUrl || !(error instanceof ReadRefused) || !isDeadToken(error.answer)) throw error
      yield { kind: 'reset' }
      return
    }
    const page: z.infer<typeof Page> = parsed(Page, body, link)
    const groups = page.value.map((item) => parsed(GraphGroup, item, link))
    const next = nextOf(link, page['@odata.nextLink'])
    yield {
      kind: 'page',
      groups: groups.filter((group) => group['@removed'] === undefined).map(sliceOf),
      removed: groups.filter((group) => group['@removed'] !== undefined).map(({ id }) => id.toLowerCase()),
      deltaLink: next === undefined ? (page['@odata.deltaLink'] ?? null) : null,
    }
    if (next === undefined) return
    link = next
  }
}

function sliceOf(group: z.infer<typeof GraphGroup>): GroupSlice {
  const told: GroupSlice['told'] = {}
  if (group.displayName != null) told.displayName = group.displayName
  if (group.description !== undefined) told.description = group.description
  if (group.mailNickname !== undefined) told.mailNickname = group.mailNickname
  if (group.mailEnabled != null) told.mailEnabled = group.mailEnabled
  if (group.securityEnabled != null) told.securityEnabled = group.securityEnabled
  if (group.groupTypes != null) {
    told.unified = group.groupTypes.includes('Unified')
    told.dynamic = group.groupTypes.includes('DynamicMembership')
  }
  if (group.isAssignableToRole !== undefined) told.roleAssignable = group.isAssignableToRole === true
  if (group.onPremisesSyncEnabled !== undefined) told.synced = group.onPremisesSyncEnabled === true
  const members = (group['members@delta'] ?? []).map((member) => ({
    id: member.id.toLowerCase(),
    removed: member['@removed'] !== undefined,
  }))
  return { id: group.id.toLowerCase(), told, members }
}

/** A group with every property that we asked for: what is absent was never set. */
export const completeGroup = (id: string, told: GroupSlice['told']): ObservedGroup => ({
  id,
  displayName: told.displayName ?? '',
  description: told.description ?? null,
  mailNickname: told.mailNickname ?? null,
  mailEnabled: told.mailEnabled ?? false,
  securityEnabled: told.securityEnabled ?? false,
  unified: told.unified ?? false,
  dynamic: told.dynamic ?? false,
  roleAssignable: told.roleAssignable ?? false,
  synced: told.synced ?? false,
})

/** The group with this nickname, as it is now; null when there is none. */
export async function findGroupByNickname(reader: Reader, nickname: string): Promise<ObservedGroup | null> {
  const url = `/groups?$filter=${odata`mailNickname eq ${nickname}`}&$select=${properties}`
  for await (const item of reader.items(url)) {
    const { id, told } = sliceOf(parsed(GraphGroup, item, url))
    return completeGroup(id, told)
  }
  return null
}

/** Who is in the group now. A read of members with `$select` costs two units. */
export async function readGroupMembers(reader: Reader, groupId: string): Promise<string[]> {
  const url = `/groups/${groupId}/members?$select=id`
  const members: string[] = []
  for await (const item of reader.items(url, 2)) members.push(parsed(z.looseObject({ id: z.string() }), item, url).id)
  return members.map((id) => id.toLowerCase())
}
