import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { UserId } from './ids.ts'
import { listOf, listQuery } from './list.ts'
import { Operation } from './plan.ts'

export const ReadinessCode = z.enum([
  'domain_not_in_connection',
  'out_of_scope',
  'account_conflict',
  'account_protected',
  'account_deleted',
  'no_alternate_mail',
  'no_usage_location',
  'old_password_valid',
  'value_not_mapped',
])
export type ReadinessCode = z.infer<typeof ReadinessCode>

export const ReadinessRow = z.object({
  userId: UserId,
  displayName: z.string(),
  email: z.string(),
  bound: z.boolean(),
  /** Nothing keeps the person from being bound. */
  ready: z.boolean(),
  reasons: z.array(z.object({ code: ReadinessCode, detail: z.string() })),
  /** What binding, or the next cycle, would do. */
  operations: z.array(Operation.shape.kind),
})
export type ReadinessRow = z.infer<typeof ReadinessRow>

export const Readiness = z.object({
  people: z.number().int(),
  ready: z.number().int(),
  /** How many people each reason is about. */
  reasons: z.partialRecord(ReadinessCode, z.number().int()),
  /** What we would do, by the kind of operation. */
  operations: z.partialRecord(Operation.shape.kind, z.number().int()),
})
export type Readiness = z.infer<typeof Readiness>

export const listReadiness = endpoint({
  method: 'GET',
  path: '/connections/{id}/readiness',
  summary: 'Who is ready to be bound, and what stands in the way; nothing is applied',
  access: 'auditor',
  query: z.strictObject(listQuery),
  answers: { 200: listOf(ReadinessRow) },
  problems: ['connection_not_found'],
})

export const sumReadiness = endpoint({
  method: 'GET',
  path: '/connections/{id}/readiness/summary',
  summary: 'How many are ready, what stands in the way, and what we would do',
  access: 'auditor',
  answers: { 200: Readiness },
  problems: ['connection_not_found'],
})
