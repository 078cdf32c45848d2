import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Attributes, NewAccount } from '../domain/account.ts'
import type { Stamp } from '../domain/claim.ts'
import type { Secret } from '../domain/secret.ts'
import { toGraph } from './attributes.ts'
import type { Subject } from './failure.ts'
import { type GroupWrite, groupOf, groupRequestOf, isGroupWrite } from './group-writes.ts'
import { changedMarker, newMarker } from './marker.ts'
import type { Request } from './transport.ts'

type Changes = Partial<Attributes> & {
  userPrincipalName?: string | null
  passwordPolicies?: string | null
  manager?: string | null
  immutableId?: string
}

/** One write to a tenant, in our words. The id of our event goes out as client-request-id, so that both logs join. */
export type Write = { eventId: string } & (
  | { kind: 'create'; account: NewAccount; password: Secret }
  | { kind: 'update'; accountId: AccountId; changes: Changes }
  | { kind: 'set_password'; accountId: AccountId; password: Secret; mustChange: boolean }
  | { kind: 'block'; accountId: AccountId }
  | { kind: 'enable'; accountId: AccountId }
  | { kind: 'revoke_sessions'; accountId: AccountId }
  | { kind: 'restore'; accountId: AccountId }
  | { kind: 'licence'; accountId: AccountId; add: readonly string[]; remove: readonly string[] }
  | GroupWrite
  | { kind: 'mark'; groupId: string | null; stamp: Stamp }
)

/** Two writes to the same object never travel together. */
export function objectOf(write: Write): string {
  if (isGroupWrite(write)) return groupOf(write)
  if (write.kind === 'create') return write.account.immutableId
  return write.kind === 'mark' ? 'marker' : write.accountId.toLowerCase()
}

export function subjectOf(write: Write): Subject {
  if (isGroupWrite(write)) return 'group'
  if (write.kind === 'licence') return 'licence'
  return write.kind === 'create' ? 'create' : write.kind === 'set_password' ? 'password' : 'account'
}

/**
 * The requests of a write, to be sent in order, at this origin; none when nothing of it can be sent. Each is safe to repeat, except a
 * create. Secrets are opened here.
 */
export function requestsOf(write: Write, graph: string): Request[] {
  const { eventId } = write
  if (isGroupWrite(write)) return [groupRequestOf(write, eventId, graph)]
  switch (write.kind) {
    case 'create':
      return [{ method: 'POST', url: '/users', eventId, body: newUser(write.account, write.password) }]
    case 'update': {
      const body = changesOf(write.changes)
      const patch: Request = { method: 'PATCH', url: at(write.accountId), eventId, body }
      return [...(Object.keys(body).length === 0 ? [] : [patch]), ...managerOf(write, graph)]
    }
    case 'set_password':
      return [
        { method: 'PATCH', url: at(write.accountId), eventId, body: passwordProfile(write.password, write.mustChange) },
      ]
    case 'block':
      return [
        { method: 'PATCH', url: at(write.accountId), eventId, body: { accountEnabled: false } },
        revoke(write.accountId, eventId),
      ]
    case 'revoke_sessions':
      return [revoke(write.accountId, eventId)]
    case 'restore':
      // `/users/{id}/restore` does not exist ("directory: deletedItems restore", read 2026-11-23).
      return [{ method: 'POST', url: `/directory/deletedItems/${write.accountId}/restore`, eventId, body: {} }]
    case 'enable':
      return [{ method: 'PATCH', url: at(write.accountId), eventId, body: { accountEnabled: true } }]
    case 'licence':
      return [{ method: 'POST', url: `${at(write.accountId)}/assignLicense`, eventId, body: licencesOf(write) }]
    case 'mark':
      return write.groupId === null
        ? [{ method: 'POST', url: '/groups', eventId, body: newMarker(write.stamp) }]
        : [{ method: 'PATCH', url: `/groups/${write.groupId}`, eventId, body: changedMarker(write.stamp) }]
  }
}

const at = (id: AccountId) => `/users/${id}`

/** A manager is no property but a link ("Assign manager", read 2026-11-23). */
function managerOf({ eventId, accountId, changes: { manager } }: Write & { kind: 'update' }, graph: string): Request[] {
  if (manager === undefined) return []
  const url = `${at(accountId)}/manager/$ref`
  if (manager === null) return [{ method: 'DELETE', url, eventId }]
  return [{ method: 'PUT', url, eventId, body: { '@odata.id': `${graph}/v1.0/users/${manager}` } }]
}

/** Both lists are needed, if only empty ("user: assignLicense", read 2026-11-23). */
const licencesOf = ({ add, remove }: Write & { kind: 'licence' }) => ({
  addLicenses: add.map((skuId) => ({ skuId, disabledPlans: [] })),
  removeLicenses: remove,
})

const revoke = (id: AccountId, eventId: string): Request => ({
  method: 'POST',
  url: `${at(id)}/revokeSignInSessions`,
  eventId,
})

const changesOf = ({
  userPrincipalName,
  passwordPolicies,
  manager: _,
  immutableId,
  ...attributes
}: Changes): Record<string, unknown> => ({
  ...(userPrincipalName != null && { userPrincipalName }),
  ...(passwordPolicies !== undefined && { passwordPolicies }),
  ...(immutableId !== undefined && { onPremisesImmutableId: immutableId }),
  ...toGraph(attributes),
})

// Left out, the flag would make people change a password that we have just set.
const passwordProfile = (password: Secret, mustChange: boolean) => ({
  passwordProfile: { password: password.reveal(), forceChangePasswordNextSignIn: mustChange },
})

function newUser(account: NewAccount, password: Secret): Record<string, unknown> {
  const filled = Object.fromEntries(Object.entries(account.attributes).filter(([, value]) => value !== null))
  return {
    accountEnabled: account.enabled,
    userPrincipalName: account.userPrincipalName,
    mailNickname: account.mailNickname,
    onPremisesImmutableId: account.immutableId,
    ...(account.passwordPolicies !== null && { passwordPolicies: account.passwordPolicies }),
    ...toGraph(filled as Partial<Attributes>),
    ...passwordProfile(password, false),
  }
}
