import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { JobId, Time } from './ids.ts'
import { listOf, listQuery } from './list.ts'

export const Job = z.object({
  id: JobId,
  kind: z.enum(['import', 'import_undo', 'bulk', 'sync', 'users_import', 'undo', 'drift', 'rollout']),
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  total: z.number().int(),
  /** done + failed = total at the end. */
  done: z.number().int(),
  failed: z.number().int(),
  startedAt: Time.nullable(),
  etaSeconds: z.number().nullable(),
  /** Items a second since work began or last went on. */
  perSecond: z.number().nullable(),
  detail: z.string().nullable(),
  results: z.array(z.record(z.string(), z.unknown())).optional(),
})
export type Job = z.infer<typeof Job>

export const getJob = endpoint({
  method: 'GET',
  path: '/jobs/{id}',
  summary: 'Progress and results of a job',
  access: 'auditor',
  answers: { 200: Job },
  problems: ['job_not_found'],
})

export const listJobResults = endpoint({
  method: 'GET',
  path: '/jobs/{id}/results',
  summary: 'Results of a job page by page, also while it runs',
  access: 'auditor',
  query: z.strictObject(listQuery),
  answers: { 200: listOf(z.record(z.string(), z.unknown())) },
  problems: ['job_not_found'],
})

export const streamJob = endpoint({
  method: 'GET',
  path: '/jobs/{id}/stream',
  summary: 'Progress of a job until it ends, then its results',
  access: 'auditor',
  answers: { 200: Job },
  streams: ['text/event-stream'],
  problems: ['job_not_found', 'busy'],
})
