import type { PreflightCheck } from '@lockstep/shared/contract/connection'
import { z } from 'zod'
import type { Administrator } from '../domain/break-glass.ts'
import { failureOf, isMissing } from './failure.ts'
import { odata } from './odata.ts'
import { attempt, check, refusedCheck } from './preflight-check.ts'
import { globalAdministrator } from './preflight-rights.ts'
import { readEligible, readProtected } from './protected.ts'
import { parsed, type Reader } from './reader.ts'
import { ReadRefused } from './transport.ts'
import { Page } from './wire.ts'

export const administratorChecks = async (reader: Reader): Promise<PreflightCheck[]> => [
  await protectedCheck(reader),
  await eligibleCheck(reader),
]

/** Whether everybody is known whom the engine leaves alone: the same reads as before each cycle that writes. */
async function protectedCheck(reader: Reader): Promise<PreflightCheck> {
  const name = 'protected_accounts'
  const roles = await attempt(() => reader.read('/roleManagement/directory/roleAssignments?$top=1'))
  if (roles.refused !== null)
    return refusedCheck(name, 'error', roles.refused, 'see who is an administrator', rolesRight)
  const holders = await attempt(() => readProtected(reader))
  if (holders.refused !== null)
    return refusedCheck(name, 'error', holders.refused, groupsSentence, 'Group.ReadWrite.All')
  return check(name, 'error', true, knownSentence(holders.value.size), null)
}

const rolesRight = 'RoleManagement.Read.Directory'
const groupsSentence = 'read groups, and so see who is an administrator through a group'
const knownSentence = (count: number) =>
  `Administrators are known and left alone: ${count} ${count === 1 ? 'account' : 'accounts'}, of their own or through a group.`

async function eligibleCheck(reader: Reader): Promise<PreflightCheck> {
  const name = 'eligible_roles'
  const found = await readEligible(reader)
  if (found === 'refused') {
    const detail = 'Lockstep may not see who can activate an administrator role, and does not leave them alone for it.'
    const remedy = `Grant ${rolesRight} with admin consent, or put these accounts on the break-glass list of the connection.`
    return check(name, 'warning', false, detail, remedy)
  }
  if (found === 'unlicensed')
    return check(name, 'warning', true, 'Roles cannot be held for activation in this tenant.', null)
  const detail = `Those who can activate an administrator role are left alone, too: ${found.length}.`
  return check(name, 'warning', true, detail, null)
}

const Assignment = z.looseObject({ principalId: z.string() })
const User = z.looseObject({
  id: z.guid(),
  userPrincipalName: z.string(),
  accountEnabled: z.boolean().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  userType: z.string().nullish(),
})
const select = '$select=id,userPrincipalName,accountEnabled,onPremisesSyncEnabled,userType'

/** Everybody who holds the role Global Administrator now, of their own or through a group. Throws when it cannot be read. */
export async function readGlobalAdministrators(reader: Reader, now: () => number): Promise<Administrator[]> {
  const roles = `/roleManagement/directory/roleAssignments?$filter=${odata`roleDefinitionId eq ${globalAdministrator}`}`
  const principals = new Set<string>()
  for await (const item of reader.items(roles)) principals.add(parsed(Assignment, item, roles).principalId)
  const ask = async (ids: readonly string[], urlOf: (id: string) => string) => {
    const answers = await reader.readMany(ids.map(urlOf))
    return ids.map((id, index) => {
      const answer = answers[index] ?? { status: 502, headers: {}, body: null }
      if (isMissing(answer)) return { id, body: null }
      if (answer.status !== 200) throw new ReadRefused(answer, failureOf(answer, 'read', now()))
      return { id, body: answer.body }
    })
  }
  const asUsers = await ask([...principals], (id) => `/users/${id}?${select}`)
  const others = asUsers.flatMap(({ id, body }) => (body === null ? [id] : []))
  const asGroups = await ask(others, (id) => `/groups/${id}/members/microsoft.graph.user?${select}`)
  const users = [
    ...asUsers.flatMap(({ body }) => (body === null ? [] : [body])),
    ...asGroups.flatMap(({ body }) => (body === null ? [] : parsed(Page, body, '/groups').value)),
  ].map((body) => administratorOf(parsed(User, body, '/users')))
  return [...new Map(users.map((user) => [user.id, user])).values()]
}

const administratorOf = (user: z.infer<typeof User>): Administrator => ({
  id: user.id.toLowerCase(),
  name: user.userPrincipalName,
  enabled: user.accountEnabled === true,
  synced: user.onPremisesSyncEnabled === true,
  guest: user.userType === 'Guest',
})
