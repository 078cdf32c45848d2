import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { EventId, Time } from './ids.ts'
import { listOf, listQuery } from './list.ts'
import { PlannedChange } from './plan.ts'

export const Outcome = z.enum(['success', 'failure', 'retrying', 'skipped'])

export const LockstepEvent = z.object({
  id: EventId,
  at: Time,
  type: z.string(),
  outcome: Outcome,
  cause: z.string().nullable(),
  actor: z.object({
    kind: z.enum(['user', 'admin', 'token', 'system', 'cli']),
    id: z.string().nullable(),
    name: z.string(),
  }),
  user: z.string().nullable(),
  connection: z.string().nullable(),
  account: z.string().nullable(),
  changes: z.array(PlannedChange),
  requestId: z.string().nullable(),
  /** A sentence, where there is something to say. */
  detail: z.string().nullable(),
  hash: z.string(),
})
export type LockstepEvent = z.infer<typeof LockstepEvent>

export const listEvents = endpoint({
  method: 'GET',
  path: '/events',
  summary: 'Events, newest first',
  access: 'auditor',
  query: z.strictObject({
    ...listQuery,
    type: z.string().max(64).optional(),
    user: z.string().max(64).optional(),
    connection: z.string().max(64).optional(),
    outcome: Outcome.optional(),
    since: z.iso.datetime().optional(),
    until: z.iso.datetime().optional(),
  }),
  answers: { 200: listOf(LockstepEvent) },
  problems: [],
})

export const verifyEvents = endpoint({
  method: 'GET',
  path: '/events/verify',
  summary: 'Walk the hash chain',
  access: 'auditor',
  answers: {
    200: z.object({ ok: z.boolean(), checked: z.number().int(), head: z.string(), firstBad: z.string().optional() }),
  },
  problems: [],
})
