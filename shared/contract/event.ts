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

/** Which events. A type that ends in `*` means all that begin like that. */
const about = {
  type: z.string().max(64).optional(),
  user: z.string().max(64).optional(),
  connection: z.string().max(64).optional(),
  outcome: Outcome.optional(),
}

export const listEvents = endpoint({
  method: 'GET',
  path: '/events',
  summary: 'Events, newest first',
  access: 'auditor',
  query: z.strictObject({
    ...listQuery,
    ...about,
    since: z.iso.datetime().optional(),
    until: z.iso.datetime().optional(),
  }),
  answers: { 200: listOf(LockstepEvent) },
  problems: [],
})

export const streamEvents = endpoint({
  method: 'GET',
  path: '/events/stream',
  summary: 'Events as they happen; with Last-Event-ID from there on',
  access: 'auditor',
  query: z.strictObject(about),
  answers: { 200: LockstepEvent },
  streams: ['text/event-stream'],
  problems: ['busy'],
})

export const exportEvents = endpoint({
  method: 'GET',
  path: '/events/export',
  summary: 'All events, oldest first, as JSON lines or CSV',
  access: 'auditor',
  stepUp: true,
  query: z.strictObject({
    ...about,
    since: z.iso.datetime().optional(),
    until: z.iso.datetime().optional(),
    format: z.enum(['jsonl', 'csv']).default('jsonl'),
  }),
  answers: { 200: LockstepEvent },
  streams: ['application/jsonl', 'text/csv'],
  problems: ['step_up_needed', 'busy'],
})

export const verifyEvents = endpoint({
  method: 'GET',
  path: '/events/verify',
  summary: 'Walk the hash chain',
  access: 'auditor',
  answers: {
    200: z.object({
      ok: z.boolean(),
      checked: z.number().int(),
      head: z.string(),
      firstBad: z.string().optional(),
      /** What is older than the time for which events are kept; the chain is checked from there on. */
      erased: z.object({ count: z.number().int(), until: Time }).nullable(),
    }),
  },
  problems: [],
})
