import { z } from 'zod'
import { line } from './attributes.ts'
import { endpoint } from './endpoint.ts'
import { ConnectionId, GroupId, Time, UserId } from './ids.ts'
import { listOf, listQuery, search } from './list.ts'

export const Group = z.object({
  id: GroupId,
  displayName: z.string(),
  description: z.string().nullable(),
  /** How many people are in it. */
  members: z.number().int(),
  createdAt: Time,
  updatedAt: Time,
})
export type Group = z.infer<typeof Group>

export const CreateGroup = z.strictObject({
  displayName: line(256).min(1),
  description: line(1024).nullable().optional(),
})
export type CreateGroup = z.infer<typeof CreateGroup>
export const UpdateGroup = CreateGroup.partial()
export type UpdateGroup = z.infer<typeof UpdateGroup>

const found = ['group_not_found'] as const

export const listGroups = endpoint({
  method: 'GET',
  path: '/groups',
  summary: 'List groups; search matches the beginning of the name',
  access: 'auditor',
  query: z.strictObject({ ...listQuery, search, user: z.string().max(64).optional() }),
  answers: { 200: listOf(Group) },
  problems: ['validation_failed'],
})

export const createGroup = endpoint({
  method: 'POST',
  path: '/groups',
  summary: 'Create a security group',
  access: 'admin',
  body: CreateGroup,
  answers: { 201: Group },
  problems: [],
})

export const getGroup = endpoint({
  method: 'GET',
  path: '/groups/{id}',
  summary: 'One group',
  access: 'auditor',
  answers: { 200: Group },
  problems: found,
})

export const updateGroup = endpoint({
  method: 'PATCH',
  path: '/groups/{id}',
  summary: 'Change a group',
  access: 'admin',
  body: UpdateGroup,
  answers: { 200: Group },
  problems: found,
})

export const deleteGroup = endpoint({
  method: 'DELETE',
  path: '/groups/{id}',
  summary: 'Delete a group here; the groups in the tenants stay as they are',
  access: 'admin',
  answers: { 204: null },
  problems: [...found, 'group_in_use'],
})

export const GroupMember = z.object({ id: UserId, email: z.string(), displayName: z.string() })
export type GroupMember = z.infer<typeof GroupMember>

export const listGroupMembers = endpoint({
  method: 'GET',
  path: '/groups/{id}/members',
  summary: 'Who is in a group',
  access: 'auditor',
  query: z.strictObject(listQuery),
  answers: { 200: listOf(GroupMember) },
  problems: ['group_not_found', 'validation_failed'],
})

export const addGroupMember = endpoint({
  method: 'PUT',
  path: '/groups/{id}/members/{userId}',
  summary: 'Put somebody into a group',
  access: 'admin',
  answers: { 200: Group },
  problems: ['group_not_found', 'user_not_found'],
})

export const removeGroupMember = endpoint({
  method: 'DELETE',
  path: '/groups/{id}/members/{userId}',
  summary: 'Take somebody out of a group',
  access: 'admin',
  answers: { 200: Group },
  problems: ['group_not_found', 'user_not_found'],
})

export const RemoteGroupKind = z.enum([
  'security',
  'dynamic',
  'role_assignable',
  'microsoft_365',
  'mail_security',
  'distribution',
  'synced',
])
export type RemoteGroupKind = z.infer<typeof RemoteGroupKind>

export const RemoteGroup = z.object({
  id: z.string(),
  displayName: z.string(),
  description: z.string().nullable(),
  kind: RemoteGroupKind,
  members: z.number().int(),
  /** Null when it can be bound; otherwise why not. */
  refusal: z.string().nullable(),
  groupId: z.string().optional(),
})
export type RemoteGroup = z.infer<typeof RemoteGroup>

export const listRemoteGroups = endpoint({
  method: 'GET',
  path: '/connections/{id}/remote-groups',
  summary: 'The groups of the tenant, and which can be managed',
  access: 'auditor',
  query: z.strictObject({ ...listQuery, search }),
  answers: { 200: listOf(RemoteGroup) },
  problems: ['connection_not_found', 'connection_not_usable', 'tenant_unreachable', 'validation_failed'],
})

export const GroupBinding = z.object({
  groupId: GroupId,
  connectionId: ConnectionId,
  /** Object id of the group in the tenant. */
  accountId: z.string().nullable(),
  displayName: z.string(),
  state: z.enum(['pending', 'in_sync', 'out_of_sync', 'retrying', 'failed', 'missing']),
  lastSyncAt: Time.nullable(),
  nextAttemptAt: Time.nullable(),
  error: z.object({ code: z.string(), detail: z.string(), remedy: z.string() }).nullable(),
})
export type GroupBinding = z.infer<typeof GroupBinding>

export const listGroupBindings = endpoint({
  method: 'GET',
  path: '/connections/{id}/groups',
  summary: 'Which groups of the tenant follow ours',
  access: 'auditor',
  query: z.strictObject(listQuery),
  answers: { 200: listOf(GroupBinding) },
  problems: ['connection_not_found', 'validation_failed'],
})

export const bindGroup = endpoint({
  method: 'PUT',
  path: '/connections/{id}/groups/{groupId}',
  summary: 'Bind a group: take over a security group of the tenant, or make one',
  access: 'admin',
  body: z.strictObject({ accountId: z.guid().toLowerCase().optional() }),
  answers: { 200: GroupBinding, 201: GroupBinding },
  problems: [
    'connection_not_found',
    'group_not_found',
    'group_not_manageable',
    'remote_group_not_found',
    'group_already_bound',
    'connection_not_usable',
    'tenant_unreachable',
  ],
})

export const unbindGroup = endpoint({
  method: 'DELETE',
  path: '/connections/{id}/groups/{groupId}',
  summary: 'Unbind a group: the one in the tenant stays as it is',
  access: 'admin',
  answers: { 204: null },
  problems: ['connection_not_found', 'group_not_found'],
})
