import { type Answer, type Call, context, ok, option } from './call.ts'
import { notFound, Refusal } from './errors.ts'
import { filterOf, page } from './lists.ts'
import { guidFrom } from './random.ts'
import { demandRead } from './rights.ts'
import type { Audit, Properties, State, TenantDomain } from './state.ts'
import { present } from './user-properties.ts'

const organization = (state: State): Properties => ({
  id: state.tenantId,
  displayName: state.displayName,
  tenantType: 'AAD',
  onPremisesSyncEnabled: state.syncedAt === null ? null : true,
  onPremisesLastSyncDateTime: state.syncedAt === null ? null : new Date(state.syncedAt).toISOString(),
  defaultUsageLocation: 'AT',
  countryLetterCode: 'AT',
  partnerTenantType: null,
  technicalNotificationMails: [],
  verifiedDomains: [...state.domains.values()]
    .filter((domain) => domain.isVerified)
    .map((domain) => ({
      name: domain.id,
      isDefault: domain.isDefault,
      isInitial: domain.isInitial,
      type: domain.authenticationType,
      capabilities: 'Email, OfficeCommunicationsOnline',
    })),
})

export function listOrganization(state: State, call: Call): Answer {
  demandRead(call, 'Organization.Read.All')
  return ok(page(state, call, 'organization', [organization(state)], (row) => row))
}

export function getOrganization(state: State, call: Call, [id = '']: string[]): Answer {
  demandRead(call, 'Organization.Read.All')
  if (id.toLowerCase() !== state.tenantId) throw notFound(id)
  return ok({ '@odata.context': context(call, 'organization/$entity'), ...organization(state) })
}

const presentDomain = ({ federation: _, ...domain }: TenantDomain): Properties => ({
  ...domain,
  isAdminManaged: true,
  isRoot: true,
  state: null,
  availabilityStatus: null,
  supportedServices: ['Email', 'OfficeCommunicationsOnline'],
  passwordNotificationWindowInDays: null,
})

export function listDomains(state: State, call: Call): Answer {
  demandRead(call, 'Domain.Read.All')
  return ok(page(state, call, 'domains', [...state.domains.values()], presentDomain))
}

export function getDomain(state: State, call: Call, [id = '']: string[]): Answer {
  demandRead(call, 'Domain.Read.All')
  const domain = state.domains.get(id.toLowerCase())
  if (domain === undefined) throw notFound(id)
  return ok({ '@odata.context': context(call, 'domains/$entity'), ...presentDomain(domain) })
}

/** "List internalDomainFederations": 404 where there is none. */
export function getFederation(state: State, call: Call, [id = '']: string[]): Answer {
  demandRead(call, 'Domain.Read.All')
  const federation = state.domains.get(id.toLowerCase())?.federation
  if (federation === undefined || federation === null) throw notFound(id)
  return ok({ '@odata.context': context(call, 'domains/federationConfiguration'), value: [federation] })
}

/** "List unifiedRoleAssignments", the service principal's own among them. */
export function listRoleAssignments(state: State, call: Call): Answer {
  demandRead(call, 'RoleManagement.Read.Directory', 'RoleManagement.Read.All')
  const { objectId, roles } = state.app
  const own = [...roles].map((role) => ({ id: guidFrom(`own ${role}`), principalId: objectId, roleDefinitionId: role }))
  const filter = filterOf(call, 'other')
  const rows = [...state.roleAssignments, ...own]
    .map((each): Properties => ({ ...each, directoryScopeId: '/' }))
    .filter((row) => filter === null || filter.test(row))
  const withPrincipal = option(call, '$expand')?.toLowerCase().startsWith('principal') === true
  const show = (row: Properties) =>
    withPrincipal ? { ...row, principal: principal(state, String(row['principalId'])) } : row
  return ok(page(state, call, 'roleManagement/directory/roleAssignments', rows, show))
}

/**
 * "List roleEligibilityScheduleInstances", read 2026-11-23. Without Entra ID P2 or Governance it is refused (code and sentence
 * as people report them in the issues of tools that read it).
 */
export function listRoleEligibilities(state: State, call: Call): Answer {
  demandRead(call, 'RoleEligibilitySchedule.Read.Directory', 'RoleManagement.Read.Directory', 'RoleManagement.Read.All')
  if (!state.switches.premiumP2)
    throw new Refusal(
      400,
      'AadPremiumLicenseRequired',
      'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
    )
  const filter = filterOf(call, 'other')
  const rows = state.roleEligibilities
    .map((each): Properties => ({ ...each, directoryScopeId: '/', memberType: 'Direct', endDateTime: null }))
    .filter((row) => filter === null || filter.test(row))
  return ok(page(state, call, 'roleManagement/directory/roleEligibilityScheduleInstances', rows, (row) => row))
}

function principal(state: State, id: string): Properties {
  const person = state.people.get(id)
  if (person !== undefined) return { '@odata.type': '#microsoft.graph.user', ...present(person.properties, null) }
  const group = state.groups.get(id)
  if (group !== undefined)
    return { '@odata.type': '#microsoft.graph.group', id, displayName: group.properties['displayName'] }
  return { '@odata.type': '#microsoft.graph.servicePrincipal', ...servicePrincipal(state) }
}

const servicePrincipal = (state: State): Properties => ({
  id: state.app.objectId,
  appId: state.app.clientId,
  displayName: 'Lockstep',
  accountEnabled: state.app.enabled,
  servicePrincipalType: 'Application',
})

export function listServicePrincipals(state: State, call: Call): Answer {
  demandRead(call, 'Application.Read.All')
  const filter = filterOf(call, 'other')
  const rows = [servicePrincipal(state)].filter((row) => filter === null || filter.test(row))
  return ok(page(state, call, 'servicePrincipals', rows, (row) => row))
}

export function getServicePrincipal(state: State, call: Call, [id = '']: string[]): Answer {
  demandRead(call, 'Application.Read.All')
  if (id.toLowerCase() !== state.app.objectId) throw notFound(id)
  return ok({ '@odata.context': context(call, 'servicePrincipals/$entity'), ...servicePrincipal(state) })
}

/** "List directoryAudits": newest first unless asked otherwise. */
export function listAudits(state: State, call: Call): Answer {
  demandRead(call, 'AuditLog.Read.All')
  const filter = filterOf(call, 'other')
  const rows = state.audits
    .map((entry) => presentAudit(state, entry))
    .filter((row) => filter === null || filter.test(row))
  if (!/\basc\b/i.test(option(call, '$orderby') ?? '')) rows.reverse()
  return ok(page(state, call, 'auditLogs/directoryAudits', rows, (row) => row, { usual: 1000, most: 1000 }))
}

function presentAudit(state: State, entry: Audit): Properties {
  const user = state.people.get(entry.targetId)
  const app = {
    appId: null,
    displayName: 'Lockstep',
    servicePrincipalId: state.app.objectId,
    servicePrincipalName: null,
  }
  const admin = {
    id: guidFrom('admin'),
    displayName: 'Global Admin',
    userPrincipalName: 'admin@contoso.onmicrosoft.com',
  }
  // Old and new values are JSON in a string, lists of one.
  const json = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify([value]))
  return {
    id: entry.id,
    category: entry.type === 'User' ? 'UserManagement' : 'GroupManagement',
    correlationId: guidFrom(entry.id),
    result: 'success',
    resultReason: '',
    activityDisplayName: entry.activity,
    activityDateTime: new Date(entry.at).toISOString(),
    loggedByService: 'Core Directory',
    operationType: entry.activity.startsWith('Add') ? 'Add' : 'Update',
    initiatedBy: entry.by === 'app' ? { app, user: null } : { app: null, user: admin },
    targetResources: [
      {
        id: entry.targetId,
        displayName: null,
        type: entry.type,
        userPrincipalName: user?.properties['userPrincipalName'] ?? null,
        groupType: null,
        modifiedProperties: entry.changes.map(({ name, before, after }) => ({
          displayName: name.charAt(0).toUpperCase() + name.slice(1),
          oldValue: json(before),
          newValue: json(after),
        })),
      },
    ],
    additionalDetails: [],
  }
}
