import { system } from '../domain/actor.ts'
import { completeGroup, type GroupPage, type Tenant } from '../graph/tenant.ts'
import { type ConnectionRow, updateConnection } from '../store/connections.ts'
import { markRemoteGroupsDirty } from '../store/group-bindings.ts'
import {
  findRemoteGroup,
  markRemoteGroupDeleted,
  putRemoteGroup,
  putRemoteMembers,
  remoteMembers,
  unseenGroups,
} from '../store/remote-groups.ts'
import type { SyncContext } from './context.ts'

/** A read from the beginning at least this often, whatever the deltas said, in ms. */
const fullReadEveryMs = 24 * 3_600_000

/** Follows the groups of a tenant and who is in them, page by page. The link is stored only after all pages are. */
export async function observeGroups(context: SyncContext, connection: ConnectionRow, tenant: Tenant): Promise<void> {
  const now = context.runtime.now()
  const due = connection.groups_read_at === null || now - connection.groups_read_at >= fullReadEveryMs
  let link = due ? null : connection.groups_link
  let deltaLink = await readRound(context, connection.id, tenant, link)
  if (deltaLink === null) {
    link = null
    deltaLink = await readRound(context, connection.id, tenant, null)
  }
  if (deltaLink === null) throw new Error('The tenant gave up its delta token of groups twice in one cycle.')
  const whole = link === null
  const values = { groups_link: deltaLink, ...(whole && { groups_read_at: now }) }
  await context.store.change(system, async (change) => {
    change.quiet('observation')
    if (whole) {
      // Groups are deleted for good, and nothing follows from it but that a person is told.
      const gone = await unseenGroups(change.trx, connection.id, now)
      for (const id of gone) await markRemoteGroupDeleted(change.trx, connection.id, id, now)
      await markRemoteGroupsDirty(change.trx, connection.id, gone)
    }
    await updateConnection(change.trx, connection.id, values)
  })
}

/** Null when the tenant has forgotten the link. */
async function readRound(
  context: SyncContext,
  connectionId: string,
  tenant: Tenant,
  link: string | null,
): Promise<string | null> {
  let deltaLink: string | null = null
  // In a round from the beginning the first slice of a group says who is in it, and no more than that is true.
  const begun = link === null ? new Set<string>() : null
  for await (const page of tenant.observeGroups(link)) {
    if (page.kind === 'reset') return null
    await remember(context, connectionId, page, begun)
    deltaLink = page.deltaLink
  }
  if (deltaLink === null) throw new Error('The tenant ended its delta of groups without a link for the next round.')
  return deltaLink
}

async function remember(
  context: SyncContext,
  connectionId: string,
  page: Extract<GroupPage, { kind: 'page' }>,
  begun: Set<string> | null,
): Promise<void> {
  if (page.groups.length === 0 && page.removed.length === 0) return
  const now = context.runtime.now()
  await context.store.change(system, async (change) => {
    change.quiet('observation')
    const { trx } = change
    for (const { id, told, members } of page.groups) {
      const before = await findRemoteGroup(trx, connectionId, id)
      await putRemoteGroup(
        trx,
        connectionId,
        before === undefined ? completeGroup(id, told) : { ...before, ...told },
        now,
      )
      const stale = begun?.has(id) === false ? [...(await remoteMembers(trx, connectionId, id))] : []
      begun?.add(id)
      const gone = stale.map((member) => ({ id: member, removed: true }))
      await putRemoteMembers(trx, connectionId, id, [...gone, ...members])
    }
    for (const id of page.removed) await markRemoteGroupDeleted(trx, connectionId, id, now)
    await markRemoteGroupsDirty(trx, connectionId, [...page.groups.map(({ id }) => id), ...page.removed])
  })
}
