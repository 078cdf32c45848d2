import { AccountId } from '@lockstep/shared/contract/ids'
import { z } from 'zod'
import { odata } from './odata.ts'
import { parsed, type Reader } from './reader.ts'
import { ReadRefused } from './transport.ts'

const Assignment = z.looseObject({ principalId: z.string() })
const WithId = z.looseObject({ id: z.guid() })

/** A read of members with `$select` costs two units, of roles one. */
const memberUnits = 2

/**
 * Holders of directory roles, those who can activate one where we may see them, and members and owners of role-assignable
 * groups ("Use Microsoft Entra groups to manage role assignments", read 2026-11-23). Throws when any of it cannot be read:
 * then nobody knows who is protected.
 */
export async function readProtected(reader: Reader): Promise<Map<AccountId, 'privileged_role'>> {
  const holders = new Map<AccountId, 'privileged_role'>()
  const add = (id: unknown) => {
    const known = AccountId.safeParse(id)
    if (known.success) holders.set(known.data, 'privileged_role')
  }
  const roles = '/roleManagement/directory/roleAssignments'
  for await (const item of reader.items(roles)) add(parsed(Assignment, item, roles).principalId)
  const eligible = await readEligible(reader)
  if (typeof eligible !== 'string') eligible.forEach(add)
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

/**
 * Who can activate a directory role ("List roleEligibilityScheduleInstances", read 2026-11-23). A tenant without Entra ID P2
 * has nobody of that kind and says so; whoever may not look is told that, and goes on without.
 */
export async function readEligible(reader: Reader): Promise<string[] | 'refused' | 'unlicensed'> {
  const url = '/roleManagement/directory/roleEligibilityScheduleInstances'
  const found: string[] = []
  try {
    for await (const item of reader.items(url)) found.push(parsed(Assignment, item, url).principalId)
    return found
  } catch (error) {
    if (!(error instanceof ReadRefused)) throw error
    if (error.failure.code === 'AadPremiumLicenseRequired') return 'unlicensed'
    if (error.failure.kind === 'forbidden') return 'refused'
    throw error
  }
}
