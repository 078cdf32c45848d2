import { z } from 'zod'
import { endpoint } from './endpoint.ts'

export const PlannedChange = z.object({
  attribute: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
})
export type PlannedChange = z.infer<typeof PlannedChange>

export const Operation = z.object({
  kind: z.enum([
    'provision',
    'take_over',
    'update',
    'set_password',
    'end_password',
    'deprovision',
    'reprovision',
    'restore',
    'revoke_sessions',
    'licence',
  ]),
  userId: z.string(),
  accountId: z.string().nullable(),
  reason: z.string(),
  changes: z.array(PlannedChange),
})
export type Operation = z.infer<typeof Operation>

export const OperationResult = z.object({
  outcome: z.enum(['success', 'failure', 'retrying', 'skipped']),
  code: z.string().nullable(),
  detail: z.string().nullable(),
  requestId: z.string().nullable(),
})
export type OperationResult = z.infer<typeof OperationResult>

/** What a sync on demand did, step by step. */
export const SyncStep = z.object({
  step: z.enum(['observe', 'scope', 'match', 'plan', 'apply']),
  outcome: z.enum(['success', 'failure', 'retrying', 'skipped']),
  detail: z.string(),
})
export type SyncStep = z.infer<typeof SyncStep>

export const Brake = z.object({
  operations: z.number().int(),
  threshold: z.number().int(),
  planId: z.string(),
})
export type Brake = z.infer<typeof Brake>

/** What happens to a group of the tenant; members are named by their object ids. */
export const GroupOperation = z.object({
  kind: z.enum(['group_create', 'group_update', 'group_add_members', 'group_remove_member']),
  groupId: z.string(),
  remoteId: z.string().nullable(),
  changes: z.array(PlannedChange),
})
export type GroupOperation = z.infer<typeof GroupOperation>

export const Plan = z.object({
  id: z.string(),
  operations: z.array(Operation),
  groups: z.array(GroupOperation),
  brake: Brake.nullable(),
})
export type Plan = z.infer<typeof Plan>

export const getPlan = endpoint({
  method: 'GET',
  path: '/connections/{id}/plan',
  summary: 'What the next cycle would do; nothing is applied',
  access: 'auditor',
  query: z.strictObject({
    user: z.string().max(64).optional(),
    /** Ask what would happen if this user were bound or unbound. */
    if: z.enum(['bind', 'recreate', 'unbind', 'unbind_keep']).optional(),
  }),
  answers: { 200: Plan },
  problems: [
    'connection_not_found',
    'user_not_found',
    'account_conflict',
    'account_protected',
    'account_deleted',
    'tenant_unreachable',
  ],
})

export const approvePlan = endpoint({
  method: 'POST',
  path: '/connections/{id}/plan/{planId}/approve',
  summary: 'Release the brake for that plan only',
  access: 'admin',
  stepUp: true,
  answers: { 200: Plan },
  problems: ['step_up_needed', 'connection_not_found', 'plan_not_found', 'plan_changed', 'forbidden'],
})
