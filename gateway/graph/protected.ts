import { AccountId } from '@lockstep/shared/contract/ids'
import { z } from 'zod'
import { odata } from './odata.ts'
import { parsed, type Reader } from './reader.ts'

const Assignment = z.looseObject({ principalId: z.string() })
const WithId = z.looseObject({ id: z.guid() })

/** A read of members with `$select` costs two units, of roles one. */
const memberUnits = 2

/**
 * Holders of directory roles, and members and owners of role-assignable groups ("Use Microsoft Entra groups to manage role
 * assignments", read 2026-11-23). Throws when any of it cannot be read: then nobody knows who is protected.
 */
export async function readProtected(reader: Reader): Promise<Map<AccountId, 'privileged_role'>> {
  const holders = new Map<AccountId, 'privileged_role'>()
  const add = (id: unknown) => {
    const known = AccountId.safeParse(id)
    if (known.success) holders.set(known.data, 'privileged_role')
  }
  const roles = '/roleManagement/directory/roleAssignments'
  for await (const item of reader.items(roles)) add(parsed(Assignment, item, roles).principalId)
  const groups = `/groups?$filter=${odata`isAssignableToRole eq true`}&$select=id`
  for await (const item of reader.items(groups)) {
    const { id } = parsed(WithId, item, groups)
    for (const relation of ['members', 'owners']) {
      const url = `/groups/${id}/${relation}?$select=id`
      for await (const member of reader.items(url, memberUnits)) add(parsed(WithId, member, url).id)
    }
  }
  return holders
}
