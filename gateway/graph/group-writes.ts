import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Request } from './transport.ts'

/** One write to a group of a tenant. */
export type GroupWrite =
  | { kind: 'create_group'; displayName: string; description: string | null; nickname: string }
  | { kind: 'update_group'; groupId: string; changes: { displayName?: string; description?: string | null } }
  /** At most 20 members; one who cannot be added fails them all. */
  | { kind: 'add_members'; groupId: string; members: readonly AccountId[] }
  | { kind: 'remove_member'; groupId: string; member: AccountId }

export const isGroupWrite = (write: { kind: string }): write is GroupWrite =>
  ['create_group', 'update_group', 'add_members', 'remove_member'].includes(write.kind)

export const groupOf = (write: GroupWrite): string =>
  write.kind === 'create_group' ? write.nickname : write.groupId.toLowerCase()

/** `graph`: the origin, since references are whole addresses ("Add members", read 2026-11-23). */
export function groupRequestOf(write: GroupWrite, eventId: string, graph: string): Request {
  switch (write.kind) {
    case 'create_group':
      return { method: 'POST', url: '/groups', eventId, body: newGroup(write) }
    case 'update_group':
      return { method: 'PATCH', url: `/groups/${write.groupId}`, eventId, body: write.changes }
    case 'add_members': {
      const members = write.members.map((id) => `${graph}/v1.0/directoryObjects/${id}`)
      return { method: 'PATCH', url: `/groups/${write.groupId}`, eventId, body: { 'members@odata.bind': members } }
    }
    case 'remove_member':
      // Without "/$ref" Graph would delete the person ("Remove member", read 2026-11-23).
      return { method: 'DELETE', url: `/groups/${write.groupId}/members/${write.member}/$ref`, eventId }
  }
}

/** A plain security group: no mail, so no address is needed; empty groups are fine. */
const newGroup = (write: Extract<GroupWrite, { kind: 'create_group' }>) => ({
  displayName: write.displayName,
  ...(write.description !== null && { description: write.description }),
  mailNickname: write.nickname,
  mailEnabled: false,
  securityEnabled: true,
  groupTypes: [],
})
