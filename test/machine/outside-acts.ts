import { Refusal } from '../practice-tenant/errors.ts'
import { createGroup } from '../practice-tenant/groups.ts'
import { directoryRoles } from '../practice-tenant/rights.ts'
import type { Fault } from '../practice-tenant/state.ts'
import { createUser, deleteUser, purgeUser, restoreUser, updateUser } from '../practice-tenant/users.ts'
import { poolAddress } from './admin-acts.ts'
import { actOnLicence, changeSeats } from './licence-rules.ts'
import type { Step } from './steps.ts'
import { notePresence } from './witness.ts'
import type { World } from './world.ts'

/** What somebody does in the tenant past us, and what goes wrong on the way. What the tenant refuses does not happen. */
export function actOutside(world: World, step: Step): void {
  try {
    act(world, step)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

function act({ practice, time }: World, step: Step): unknown {
  const { state, witness } = practice
  const living = [...state.people.values()].filter(({ deletedAt }) => deletedAt === null)
  const deleted = [...state.people.values()].filter(({ deletedAt }) => deletedAt !== null)
  const at = 'account' in step && typeof step.account === 'number' ? step.account : 0
  const among = (list: typeof living) => list[at % Math.max(1, list.length)]
  const account = among(living)
  switch (step.do) {
    case 'outside_presence':
      if (account === undefined) return null
      if (account.properties['accountEnabled'] === step.enabled) return null
      updateUser(state, null, account.id, { accountEnabled: step.enabled })
      return notePresence(witness, account.id, { by: 'others', enabled: step.enabled, at: state.now(), eventId: null })
    case 'outside_delete':
      return account && deleteUser(state, null, account.id)
    case 'outside_restore': {
      const gone = among(deleted)
      return gone && restoreUser(state, null, gone.id, null)
    }
    case 'outside_purge': {
      const gone = among(deleted)
      return gone && purgeUser(state, null, gone.id)
    }
    case 'outside_rename':
      return account && updateUser(state, null, account.id, { userPrincipalName: poolAddress(step.n) })
    case 'outside_edit':
      return account && updateUser(state, null, account.id, editOf(step.n))
    case 'outside_password': {
      const passwordProfile = { password: `Violet-Harbour-${step.n}-Fog`, forceChangePasswordNextSignIn: false }
      return account && updateUser(state, null, account.id, { passwordProfile })
    }
    case 'outside_role': {
      if (account === undefined) return null
      const held = state.roleAssignments.findIndex(({ principalId }) => principalId === account.id)
      if (held >= 0) return state.roleAssignments.splice(held, 1)
      const roleDefinitionId = directoryRoles.globalAdministrator
      return state.roleAssignments.push({ id: state.newId(), principalId: account.id, roleDefinitionId })
    }
    case 'outside_licence':
      return account && actOnLicence(state, account.id, step.n)
    case 'outside_seats':
      return changeSeats(state, step.n)
    case 'outside_create':
      return createUser(state, null, {
        accountEnabled: true,
        displayName: `Outsider ${step.n}`,
        mailNickname: `pool${step.n}`,
        userPrincipalName: step.n % 2 === 0 ? poolAddress(step.n) : `other${step.n}@contoso.example`,
        ...(step.n % 2 === 1 && { mail: poolAddress(step.n) }),
        passwordProfile: { password: 'Violet-Harbour-0-Fog', forceChangePasswordNextSignIn: false },
      })
    case 'outside_group':
      return createGroup(state, null, {
        displayName: `Team ${step.n}`,
        mailEnabled: true,
        mailNickname: `pool${step.n}`,
        securityEnabled: false,
        groupTypes: ['Unified'],
      })
    case 'fault':
      return state.faults.push(faultOf(step))
    case 'forget_deltas':
      state.deltaEpoch += 1
      return null
    case 'lag':
      state.lagMs = step.seconds * 1_000
      return null
    case 'days':
      return time.jump(step.days * 86_400_000)
    default:
      return null
  }
}

const editOf = (n: number): Record<string, unknown> =>
  n % 3 === 0 ? { jobTitle: null } : n % 3 === 1 ? { city: `Town ${n}` } : { displayName: `Renamed ${n}` }

function faultOf({ fault, method, times }: Extract<Step, { do: 'fault' }>): Fault {
  const base = { match: { method }, times }
  switch (fault) {
    case 'drop_before':
      return { ...base, drop: 'before' }
    case 'drop_after':
      return { ...base, drop: 'after' }
    case '429':
      return { ...base, status: 429, retryAfter: '3' }
    case '503':
      return { ...base, status: 503 }
    case 'applied_503':
      return { ...base, status: 503, applied: true }
    case '401':
      return { ...base, times: 2, status: 401, code: 'InvalidAuthenticationToken' }
  }
}
