import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { AccountId, ConnectionId, Time, UserId } from './ids.ts'
import { Job } from './job.ts'
import { BindingLicence } from './licence.ts'
import { listOf, listQuery, search } from './list.ts'
import { Operation, OperationResult, SyncStep } from './plan.ts'

export const BindingState = z.enum([
  'pending',
  'in_sync',
  'out_of_sync',
  'retrying',
  'failed',
  'missing',
  /** Not in the groups that the connection is for: nothing of the account is followed. */
  'out_of_scope',
  'unbinding',
])
export type BindingState = z.infer<typeof BindingState>

export const BindingPasswordState = z.enum(['none', 'awaiting_login', 'pending', 'in_sync', 'rejected', 'drifted'])
export type BindingPasswordState = z.infer<typeof BindingPasswordState>

export const Drift = z.object({
  attribute: z.string(),
  ours: z.string().nullable(),
  theirs: z.string().nullable(),
  seenAt: Time,
})
export type Drift = z.infer<typeof Drift>

export const Binding = z.object({
  userId: UserId,
  connectionId: ConnectionId,
  accountId: AccountId.nullable(),
  userPrincipalName: z.string(),
  state: BindingState,
  password: z.object({
    state: BindingPasswordState,
    version: z.number().int().nullable(),
    syncedAt: Time.nullable(),
    /** Since when a sign-in to the portal is awaited. */
    awaitingSince: Time.nullable(),
    reason: z.string().nullable(),
    /**
     * `valid`: the password from before the binding still signs in at Microsoft 365. `ending`: an admin ended it, which
     * is on its way.
     */
    old: z.enum(['valid', 'ending']).nullable(),
  }),
  lastSyncAt: Time.nullable(),
  nextAttemptAt: Time.nullable(),
  error: z
    .object({
      code: z.string(),
      detail: z.string(),
      remedy: z.string(),
      requestId: z.string().nullable(),
      /** Of an account that was deleted: until when it can be restored, unless somebody deletes it for good before. */
      restorableUntil: Time.optional(),
    })
    .nullable(),
  drift: z.array(Drift),
  /** Attributes whose value the mapping could not make; the account keeps its own. */
  unmapped: z.array(z.object({ attribute: z.string(), detail: z.string() })),
  /** What the rules of the connection give to the person. */
  licences: z.array(BindingLicence),
})
export type Binding = z.infer<typeof Binding>

export const listBindings = endpoint({
  method: 'GET',
  path: '/connections/{id}/bindings',
  summary: 'List the bindings of a connection',
  access: 'auditor',
  query: z.strictObject({
    ...listQuery,
    state: BindingState.optional(),
    password: BindingPasswordState.optional(),
    search,
  }),
  answers: { 200: listOf(Binding) },
  problems: ['connection_not_found'],
})

export const getBinding = endpoint({
  method: 'GET',
  path: '/connections/{id}/bindings/{userId}',
  summary: 'One binding',
  access: 'auditor',
  answers: { 200: Binding },
  problems: ['connection_not_found', 'binding_not_found'],
})

export const BindInput = z.strictObject({
  notify: z.boolean().optional(),
  enable: z.boolean().default(false),
  attributes: z.enum(['fill_empty', 'ours_win']).default('fill_empty'),
  override: z
    .array(z.enum(['protected']))
    .max(10)
    .optional(),
  /** The account to bind to, when matching alone cannot tell. */
  accountId: AccountId.optional(),
  /** Make a new account where the old one was deleted for good. */
  recreate: z.boolean().optional(),
})
export type BindInput = z.infer<typeof BindInput>

export const bindUser = endpoint({
  method: 'PUT',
  path: '/connections/{id}/bindings/{userId}',
  summary: 'Bind a user: take over the account that matches, or provision one',
  access: 'helpdesk',
  body: BindInput,
  answers: { 200: Binding, 201: Binding },
  problems: [
    'connection_not_found',
    'user_not_found',
    'account_not_found',
    'account_protected',
    'account_conflict',
    'account_already_bound',
    'account_deleted',
    'domain_not_in_connection',
    'bound_elsewhere',
    'user_state_conflict',
    'connection_not_usable',
    'tenant_unreachable',
    'forbidden',
  ],
})

export const unbindUser = endpoint({
  method: 'DELETE',
  path: '/connections/{id}/bindings/{userId}',
  summary: 'Unbind a user: the account is blocked, or kept enabled',
  access: 'helpdesk',
  query: z.strictObject({ account: z.enum(['block', 'keep']).default('block') }),
  answers: { 202: Binding },
  problems: ['connection_not_found', 'binding_not_found', 'connection_not_usable'],
})

export const BulkResult = z.object({
  userId: z.string(),
  result: z.enum(['bound', 'unbound', 'held', 'failed']),
  /** Of a dry run: the person would hear of it by mail. */
  mail: z.boolean().optional(),
  error: z.object({ code: z.string(), detail: z.string() }).optional(),
})

export const bulkBindings = endpoint({
  method: 'POST',
  path: '/connections/{id}/bindings/bulk',
  summary: 'Bind and unbind many',
  access: 'helpdesk',
  body: z.strictObject({
    bind: z.array(z.string().max(64)).max(200_000).optional(),
    unbind: z.array(z.string().max(64)).max(200_000).optional(),
    notify: z.boolean().optional(),
    dryRun: z.boolean().default(false),
    attributes: z.enum(['fill_empty', 'ours_win']).default('fill_empty'),
    /** The typed count: how many people this is about. With it the named people pass the brake. */
    confirm: z.number().int().optional(),
  }),
  answers: { 202: z.object({ job: Job }) },
  problems: ['connection_not_found', 'confirmation_mismatch', 'connection_not_usable'],
})

export const endOldPassword = endpoint({
  method: 'POST',
  path: '/connections/{id}/bindings/{userId}/old-password/end',
  summary: 'End the password from before the binding: the account gets one that nobody knows',
  access: 'helpdesk',
  answers: { 200: Binding },
  problems: ['connection_not_found', 'binding_not_found', 'old_password_gone'],
})

export const syncBinding = endpoint({
  method: 'POST',
  path: '/connections/{id}/bindings/{userId}/sync',
  summary: 'Sync one user now',
  access: 'helpdesk',
  answers: {
    200: z.object({
      steps: z.array(SyncStep),
      operations: z.array(Operation.extend({ result: OperationResult })),
      binding: Binding,
    }),
  },
  problems: ['connection_not_found', 'binding_not_found', 'connection_not_usable', 'tenant_unreachable'],
})
