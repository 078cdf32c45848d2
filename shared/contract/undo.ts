import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Time } from './ids.ts'
import { Job } from './job.ts'
import { listOf, listQuery } from './list.ts'
import { Plan } from './plan.ts'

/** Which writes: those to one person, of one job, or of one cycle, at most 30 days old. Exactly one is given. */
const selection = {
  user: z.string().max(64).optional(),
  job: z.string().max(64).optional(),
  cycle: z.string().max(64).optional(),
}

export const UndoPlan = Plan.extend({
  /** What stays as it is, and why. */
  skipped: z.array(z.object({ userId: z.string(), accountId: z.string(), attribute: z.string(), reason: z.string() })),
  /** Users whose binding began with what is undone, and ends with it. */
  ends: z.array(z.string()),
})
export type UndoPlan = z.infer<typeof UndoPlan>

export const Undoable = z.object({
  kind: z.enum(['job', 'cycle']),
  id: z.string(),
  /** What the job was for; null for a cycle. */
  job: Job.shape.kind.nullable(),
  /** When it last wrote. */
  at: Time,
  /** To how many accounts it wrote what has not been undone yet. */
  accounts: z.number().int(),
})
export type Undoable = z.infer<typeof Undoable>

export const listUndoable = endpoint({
  method: 'GET',
  path: '/connections/{id}/undoable',
  summary: 'Jobs and cycles of the last 30 days whose writes can be undone, newest first',
  access: 'auditor',
  query: z.strictObject(listQuery),
  answers: { 200: listOf(Undoable) },
  problems: ['connection_not_found', 'validation_failed'],
})

export const getUndo = endpoint({
  method: 'GET',
  path: '/connections/{id}/undo',
  summary: 'What undoing would do to the accounts; nothing is applied',
  access: 'auditor',
  query: z.strictObject(selection),
  answers: { 200: UndoPlan },
  problems: ['connection_not_found', 'validation_failed', 'nothing_to_undo'],
})

export const undoWrites = endpoint({
  method: 'POST',
  path: '/connections/{id}/undo',
  summary: 'Undo what was written to a person, by a job or in a cycle',
  access: 'admin',
  body: z.strictObject({
    ...selection,
    /** The id of the plan that was shown: with it that very plan passes the brake. */
    plan: z.string().max(64).optional(),
  }),
  answers: { 202: z.object({ job: Job }) },
  problems: [
    'connection_not_found',
    'connection_not_usable',
    'nothing_to_undo',
    'plan_changed',
    'brake_engaged',
    'forbidden',
  ],
})
