import type { CreateGroup, Group, GroupMember, UpdateGroup } from '@lockstep/shared/contract/group'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { changesBetween } from '../domain/user.ts'
import { markUserDirty } from '../store/bindings.ts'
import { listConnections } from '../store/connections.ts'
import { markGroupsDirty } from '../store/group-bindings.ts'
import * as groups from '../store/groups.ts'
import { markLicensedDirty } from '../store/licences.ts'
import type { Database } from '../store/schema.ts'
import type { Change } from '../store/store.ts'
import type { Context } from './context.ts'
import { userOrProblem } from './find.ts'

/** Problem `group_not_found`. */
async function groupOrProblem(db: Kysely<Database>, id: string): Promise<groups.GroupRow> {
  const group = await groups.findGroup(db, id)
  if (group !== undefined) return group
  throw new Problem('group_not_found', 'There is no group with this id. Look for it in the list of groups.')
}

const iso = (at: number) => new Date(at).toISOString()

const present = (row: groups.GroupRow, members: number): Group => ({
  id: row.id as Group['id'],
  displayName: row.display_name,
  description: row.description,
  members,
  createdAt: iso(row.created_at),
  updatedAt: iso(row.updated_at),
})

export async function getGroup({ store: { db } }: Pick<Context, 'store'>, id: string): Promise<Group> {
  const row = await groupOrProblem(db, id)
  return present(row, (await groups.countMembers(db, [id])).get(id) ?? 0)
}

export async function listGroups({ store: { db } }: Context, query: Parameters<typeof groups.listGroups>[1]) {
  const page = await groups.listGroups(db, query)
  const counts = await groups.countMembers(
    db,
    page.items.map((row) => row.id),
  )
  return { ...page, items: page.items.map((row) => present(row, counts.get(row.id) ?? 0)) }
}

export async function listGroupMembers(
  { store: { db } }: Context,
  id: string,
  query: Parameters<typeof groups.listMembers>[2],
) {
  await groupOrProblem(db, id)
  const page = await groups.listMembers(db, id, query)
  const items = page.items.map(
    (user): GroupMember => ({
      id: user.id as GroupMember['id'],
      email: user.email,
      displayName: user.display_name,
    }),
  )
  return { ...page, items }
}

/** Whatever follows the group is planned anew, at once. */
async function follow(change: Change, groupId: string): Promise<void> {
  for (const id of await markGroupsDirty(change.trx, [groupId])) change.wake(id, 'bulk')
}

/** Rules may give licences to the people in the group: they are planned anew, at once. */
async function followLicences(change: Change, groupId: string, userId: string | 'everybody'): Promise<void> {
  for (const id of await markLicensedDirty(change.trx, groupId, userId)) change.wake(id, 'bulk')
}

const valuesOf = (row: { display_name: string; description: string | null }) => ({
  displayName: row.display_name,
  description: row.description,
})

export async function createGroup(context: Context, actor: Actor, input: CreateGroup): Promise<Group> {
  const now = context.runtime.now()
  const row = {
    id: context.runtime.newId(),
    display_name: input.displayName,
    description: input.description ?? null,
    created_at: now,
    updated_at: now,
  }
  await context.store.change(actor, async (change) => {
    await groups.insertGroup(change.trx, row)
    change.event({ type: 'group_create', detail: row.display_name, changes: changesBetween({}, valuesOf(row)) })
  })
  return await getGroup(context, row.id)
}

export async function updateGroup(context: Context, actor: Actor, id: string, values: UpdateGroup): Promise<Group> {
  await context.store.change(actor, async (change) => {
    const before = await groupOrProblem(change.trx, id)
    const after = {
      display_name: values.displayName ?? before.display_name,
      description: values.description === undefined ? before.description : values.description || null,
    }
    const changes = changesBetween(valuesOf(before), valuesOf(after))
    if (changes.length === 0) return
    await groups.updateGroup(change.trx, id, { ...after, updated_at: change.now })
    await follow(change, id)
    change.event({ type: 'group_update', detail: after.display_name, changes })
  })
  return await getGroup(context, id)
}

/** Without the group everybody would be outside of the scope at once. */
async function refuseScope({ trx }: Change, id: string): Promise<void> {
  for (const { name, settings } of await listConnections(trx)) {
    if (Scoped.parse(JSON.parse(settings)).scope?.groups.includes(id) !== true) continue
    throw new Problem('group_in_use', `The connection "${name}" is for this group. Take it out of its scope first.`)
  }
}

const Scoped = z.object({ scope: z.object({ groups: z.array(z.string()) }).optional() })

/** The groups in the tenants stay as they are. Problems `group_not_found`, `group_in_use`. */
export async function deleteGroup(context: Context, actor: Actor, id: string): Promise<void> {
  await context.store.change(actor, async (change) => {
    const { display_name } = await groupOrProblem(change.trx, id)
    await refuseScope(change, id)
    await followLicences(change, id, 'everybody')
    await groups.deleteGroup(change.trx, id)
    change.event({ type: 'group_delete', detail: display_name })
  })
}

/** Problems `group_not_found`, `user_not_found`. */
export async function setMembership(
  context: Context,
  actor: Actor,
  ids: { groupId: string; userId: string },
  member: boolean,
): Promise<Group> {
  await context.store.change(actor, async (change) => {
    const group = await groupOrProblem(change.trx, ids.groupId)
    const user = await userOrProblem(change.trx, ids.userId)
    const changed = member
      ? await groups.addMember(change.trx, group.id, user.id)
      : await groups.removeMember(change.trx, group.id, user.id)
    if (!changed) return change.quiet('it was so already')
    await groups.updateGroup(change.trx, group.id, { updated_at: change.now })
    await follow(change, group.id)
    // Whether a connection is for the person may depend on it.
    for (const connectionId of await markUserDirty(change.trx, user.id)) change.wake(connectionId, 'bulk')
    change.event({
      type: member ? 'group_member_add' : 'group_member_remove',
      user: user.id,
      detail: group.display_name,
    })
  })
  return await getGroup(context, ids.groupId)
}
