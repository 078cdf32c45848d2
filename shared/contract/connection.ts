import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { AccountId, ConnectionId, GroupId, Time } from './ids.ts'
import { Job } from './job.ts'
import { LicenceSettings } from './licence.ts'
import { listOf, listQuery, search } from './list.ts'
import { Mapping } from './mapping.ts'
import { Brake } from './plan.ts'
import { Email } from './user.ts'

const origin = z
  .url({ protocol: /^https$/ })
  .refine((value) => value.replace(/\/$/, '') === new URL(value).origin, 'Give the origin alone, without a path.')
  .transform((value) => new URL(value).origin)

export const Cloud = z.union([
  z.enum(['global', 'usgov', 'usgovdod', 'china']),
  z.strictObject({ graph: origin, login: origin }),
])
export type Cloud = z.infer<typeof Cloud>

export const ConnectionSettings = z.object({
  mode: z.enum(['observe', 'apply']),
  /** A sign-in to the portal brings the password to the account; else only a change of it does. */
  passwordTakeover: z.boolean(),
  /** Groups for whose members it is off. */
  passwordTakeoverExcept: z.array(GroupId).max(100),
  driftPolicy: z.enum(['notify', 'enforce']),
  notifyOnBind: z.boolean(),
  /** Object ids or addresses of accounts that are never touched. */
  breakGlass: z.array(z.string().max(113)).max(50),
  /** New accounts of this domain, and of this group where one is named, are put before an administrator. Null: none. */
  autoImport: z
    .strictObject({ domain: z.string().trim().toLowerCase().min(1).max(48), remoteGroup: z.guid().optional() })
    .nullable(),
  brake: z.strictObject({
    minimum: z.number().int().min(1).max(25),
    share: z.number().min(0.001).max(0.1),
    absolute: z.number().int().min(1).max(25),
  }),
  mapping: Mapping,
  /** For whom the connection is: the members of these groups, or everybody who is bound; and what becomes of who leaves. */
  scope: z.strictObject({ groups: z.array(GroupId).max(100), leaving: z.enum(['block', 'keep']) }),
  /** Accounts made for people who are not active yet: enabled, so that mail arrives, or disabled until activation. */
  stagedAccounts: z.enum(['enabled', 'disabled']),
  /** Whoever is suspended leaves the groups that follow ours, and comes back into them when resumed. */
  suspendedLeaveGroups: z.boolean(),
  /** Bound accounts are told that their password never expires at Microsoft: it expires here. */
  neverExpirePasswords: z.boolean(),
  /** After how many days without a sign-in to the portal people are reminded of it; empty: never. */
  signInReminders: z.array(z.number().int().min(1).max(90)).max(5),
  licences: LicenceSettings,
})
export type ConnectionSettings = z.infer<typeof ConnectionSettings>

const SettingsInput = z.strictObject(ConnectionSettings.shape).partial()

export const Connection = z.object({
  id: ConnectionId,
  name: z.string(),
  tenantId: z.string(),
  tenantName: z.string(),
  domains: z.array(z.string()),
  defaultDomain: z.string(),
  cloud: Cloud,
  clientId: z.string(),
  /** The administrator whose sign-in the connection uses; null: it has a credential of its own. */
  authorisedBy: z.object({ accountId: z.string(), name: z.string() }).nullable(),
  state: z.enum(['active', 'paused', 'error']),
  error: z.object({ code: z.string(), detail: z.string(), remedy: z.string() }).nullable(),
  lastCycle: z
    .object({
      /** By which the cycle can be undone. */
      id: z.string().optional(),
      at: Time,
      /** ms */
      took: z.number().int(),
      observed: z.number().int(),
      applied: z.number().int(),
      failed: z.number().int(),
    })
    .nullable(),
  counts: z.object({
    bound: z.number().int(),
    inSync: z.number().int(),
    outOfSync: z.number().int(),
    failed: z.number().int(),
    drifted: z.number().int(),
  }),
  brake: Brake.nullable(),
  /** Bulk work waits, since it fails; passwords go on being tried. */
  quarantine: z
    .object({
      since: Time,
      reason: z.object({ code: z.string(), detail: z.string(), remedy: z.string() }),
      nextAttemptAt: Time,
    })
    .nullable(),
  /** It was deactivated and comes back: approving its plan binds everybody again. */
  returning: z.boolean(),
  /** When the client secret or certificate ends; null: nobody tells. */
  credentialExpiresAt: Time.nullable(),
  settings: ConnectionSettings,
})
export type Connection = z.infer<typeof Connection>

const pem = z.string().min(50).max(20_000)
const credential = {
  clientSecret: z.string().min(1).max(500).optional(),
  certificate: z.strictObject({ pem, privateKeyPem: pem }).optional(),
}

export const PreflightCheck = z.object({
  check: z.string(),
  ok: z.boolean(),
  level: z.enum(['error', 'warning']),
  detail: z.string(),
  remedy: z.string().nullable(),
})
export type PreflightCheck = z.infer<typeof PreflightCheck>

export const CreateConnection = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    tenantId: z.guid('Give the tenant id: a GUID like 1b2f…, shown on the overview page of Entra.').toLowerCase(),
    clientId: z
      .guid('Give the application (client) id: a GUID, shown on the page of the app registration.')
      .toLowerCase(),
    ...credential,
    cloud: Cloud.default('global'),
    settings: SettingsInput.optional(),
  })
  .refine((given) => (given.clientSecret === undefined) !== (given.certificate === undefined), {
    message: 'Give either clientSecret or certificate.',
    path: ['clientSecret'],
  })
export type CreateConnection = z.infer<typeof CreateConnection>

const found = ['connection_not_found'] as const

export const listConnections = endpoint({
  method: 'GET',
  path: '/connections',
  summary: 'List connections',
  access: 'auditor',
  query: z.strictObject(listQuery),
  answers: { 200: listOf(Connection) },
  problems: [],
})

export const createConnection = endpoint({
  method: 'POST',
  path: '/connections',
  summary: 'Connect a tenant, after a preflight',
  access: 'admin',
  stepUp: true,
  body: CreateConnection,
  answers: { 201: Connection },
  problems: [
    'step_up_needed',
    'group_not_found',
    'tenant_already_connected',
    'tenant_managed_by_reseller',
    'preflight_failed',
    'cloud_not_allowed',
    'tenant_unreachable',
  ],
})

export const getConnection = endpoint({
  method: 'GET',
  path: '/connections/{id}',
  summary: 'One connection',
  access: 'auditor',
  answers: { 200: Connection },
  problems: found,
})

export const updateConnection = endpoint({
  method: 'PATCH',
  path: '/connections/{id}',
  summary: 'Rename, change settings, or swap the credential after verifying the new one',
  access: 'admin',
  body: z.strictObject({ name: z.string().trim().min(1).max(100), settings: SettingsInput, ...credential }).partial(),
  answers: { 200: Connection },
  problems: ['connection_not_found', 'preflight_failed', 'tenant_unreachable', 'group_not_found'],
})

export const deleteConnection = endpoint({
  method: 'DELETE',
  path: '/connections/{id}',
  summary: 'Deactivate: accounts stay as they are, secrets are erased at once',
  access: 'admin',
  stepUp: true,
  query: z.strictObject({ confirm: z.string().max(100), purge: z.enum(['now']).optional() }),
  answers: { 204: null },
  problems: ['step_up_needed', 'connection_not_found', 'confirmation_mismatch'],
})

export const preflightConnection = endpoint({
  method: 'GET',
  path: '/connections/{id}/preflight',
  summary: 'Check the tenant, the permissions and the domains again',
  access: 'auditor',
  answers: { 200: z.array(PreflightCheck) },
  problems: ['connection_not_found', 'tenant_unreachable'],
})

export const pauseConnection = endpoint({
  method: 'POST',
  path: '/connections/{id}/pause',
  summary: 'Stop writing to the tenant',
  access: 'admin',
  answers: { 200: Connection },
  problems: found,
})

export const resumeConnection = endpoint({
  method: 'POST',
  path: '/connections/{id}/resume',
  summary: 'Write to the tenant again',
  access: 'admin',
  answers: { 200: Connection },
  problems: found,
})

export const syncConnection = endpoint({
  method: 'POST',
  path: '/connections/{id}/sync',
  summary: 'One cycle now',
  access: 'helpdesk',
  answers: { 202: z.object({ job: Job }) },
  problems: ['connection_not_found', 'connection_not_usable'],
})

export const AccountStatus = z.enum(['new', 'imported', 'conflict', 'protected', 'guest', 'shared'])
export type AccountStatus = z.infer<typeof AccountStatus>

const PersonInBrief = z.object({ id: z.string(), email: z.string(), displayName: z.string() })

export const ImportableAccount = z.object({
  id: AccountId,
  userPrincipalName: z.string(),
  displayName: z.string().nullable(),
  mail: z.string().nullable(),
  accountEnabled: z.boolean(),
  status: AccountStatus,
  /** Why it is so, and for a conflict what can be done. */
  reason: z.string().optional(),
  userId: z.string().optional(),
  /** The one person here who stands against the account or has it. */
  user: PersonInBrief.optional(),
  /** All people here who could be behind an account in conflict. */
  candidates: z.array(PersonInBrief).optional(),
})
export type ImportableAccount = z.infer<typeof ImportableAccount>

export const listAccounts = endpoint({
  method: 'GET',
  path: '/connections/{id}/accounts',
  summary: 'What can be imported; search matches beginnings of name words and addresses',
  access: 'auditor',
  query: z.strictObject({ ...listQuery, status: AccountStatus.optional(), search }),
  answers: { 200: listOf(ImportableAccount) },
  problems: ['connection_not_found', 'connection_not_usable', 'tenant_unreachable'],
})

export const importQueue = endpoint({
  method: 'GET',
  path: '/connections/{id}/import-queue',
  summary: 'New accounts that match the rule of settings.autoImport and wait for an administrator to import them',
  access: 'auditor',
  query: z.strictObject(listQuery),
  answers: { 200: listOf(ImportableAccount) },
  problems: ['connection_not_found', 'connection_not_usable', 'tenant_unreachable'],
})

/** The account as last observed, with the directory's attribute names, for comparison. */
export const AccountDetail = z.object({
  id: AccountId,
  userPrincipalName: z.string(),
  accountEnabled: z.boolean(),
  protection: z.string().nullable(),
  attributes: z.record(z.string(), z.string().nullable()),
  passwordChangedAt: Time.nullable(),
})
export type AccountDetail = z.infer<typeof AccountDetail>

export const getAccount = endpoint({
  method: 'GET',
  path: '/connections/{id}/accounts/{accountId}',
  summary: 'One account as last observed',
  access: 'auditor',
  answers: { 200: AccountDetail },
  problems: ['connection_not_found', 'account_not_found'],
})

const Resolution = z
  .strictObject({
    accountId: AccountId,
    action: z.enum(['link', 'rename', 'skip']),
    /** Whom to link to. */
    userId: z.string().min(1).max(64).optional(),
    /** The address to import under. */
    email: Email.optional(),
  })
  .refine((given) => (given.action === 'link') === (given.userId !== undefined), {
    message: 'Give userId with "link", and only there.',
    path: ['userId'],
  })
  .refine((given) => (given.action === 'rename') === (given.email !== undefined), {
    message: 'Give email with "rename", and only there.',
    path: ['email'],
  })

export const ImportInput = z
  .strictObject({
    accountIds: z.union([z.array(AccountId).max(200_000), z.literal('all')]).default([]),
    /** Object ids of security groups of the tenant. */
    groups: z.array(z.guid().toLowerCase()).max(1_000).default([]),
    bind: z.boolean().default(false),
    dryRun: z.boolean().default(false),
    /** Tells whoever is bound by it; without it people who may sign in, where the connection does so. */
    notify: z.boolean().optional(),
    /** Reads the photos of the imported, too. */
    photos: z.boolean().default(false),
    /** What to do with single accounts; one that is named here is a part of the selection. */
    resolutions: z.array(Resolution).max(10_000).default([]),
  })
  .refine(
    (given) =>
      given.accountIds === 'all' || given.accountIds.length + given.groups.length + given.resolutions.length > 0,
    {
      message: 'Name accounts or groups, or give "all".',
      path: ['accountIds'],
    },
  )
  .refine(
    (given) =>
      new Set(given.resolutions.map(({ accountId }) => accountId.toLowerCase())).size === given.resolutions.length,
    {
      message: 'Decide once about each account.',
      path: ['resolutions'],
    },
  )
export type ImportInput = z.infer<typeof ImportInput>

export const ImportResult = z.object({
  accountId: z.string(),
  userId: z.string().optional(),
  result: z.enum(['imported', 'linked', 'conflict', 'skipped', 'failed']),
  reason: z.string().optional(),
  /** The import has bound the person. */
  bound: z.boolean().optional(),
  /** Of a dry run: the person would hear of it by mail. */
  mail: z.boolean().optional(),
  /** A stable word beside the reason, where there is one. */
  code: z.string().optional(),
})
export type ImportResult = z.infer<typeof ImportResult>

export const importAccounts = endpoint({
  method: 'POST',
  path: '/connections/{id}/imports',
  summary: 'Import accounts as users',
  access: 'admin',
  body: ImportInput,
  answers: { 202: z.object({ job: Job }) },
  problems: ['connection_not_found', 'connection_not_usable'],
})

export const ImportUndoResult = z.object({
  accountId: z.string(),
  userId: z.string(),
  /** `removed`: the person is gone again; `released`: somebody who was here before is as before. */
  result: z.enum(['removed', 'released', 'skipped', 'failed']),
  reason: z.string().optional(),
  /** Attributes of the account that were put back. */
  restored: z.array(z.string()).optional(),
})
export type ImportUndoResult = z.infer<typeof ImportUndoResult>

export const GroupImportUndoResult = z.object({
  /** Object id of the group in the tenant, which stays as it is. */
  groupId: z.string(),
  result: z.enum(['removed', 'skipped']),
  reason: z.string().optional(),
})
export type GroupImportUndoResult = z.infer<typeof GroupImportUndoResult>

export const undoImport = endpoint({
  method: 'POST',
  path: '/imports/{jobId}/undo',
  summary:
    'Within 48 hours: remove the people and groups that an import created, end its bindings, put back what was written since',
  access: 'admin',
  answers: { 202: z.object({ job: Job }) },
  problems: ['job_not_found', 'import_too_old', 'import_not_undoable', 'connection_not_found', 'connection_not_usable'],
})
