import { z } from 'zod'
import { Binding } from './binding.ts'
import { endpoint } from './endpoint.ts'
import { Time, UserId } from './ids.ts'
import { Job } from './job.ts'
import { listOf, listQuery } from './list.ts'

export const DriftRow = z.object({
  userId: UserId,
  displayName: z.string(),
  accountId: z.string().nullable(),
  attribute: z.string(),
  ours: z.string().nullable(),
  theirs: z.string().nullable(),
  seenAt: Time,
})
export type DriftRow = z.infer<typeof DriftRow>

export const DriftAction = z.enum(['adopt', 'repair'])
export type DriftAction = z.infer<typeof DriftAction>

/** Pages hold whole people, so a page may hold more rows than its limit. */
export const listDrift = endpoint({
  method: 'GET',
  path: '/connections/{id}/drift',
  summary: 'Where accounts differ from the directory, attribute by attribute',
  access: 'auditor',
  query: z.strictObject({ ...listQuery, attribute: z.string().max(64).optional() }),
  answers: { 200: listOf(DriftRow) },
  problems: ['connection_not_found'],
})

export const resolveDrift = endpoint({
  method: 'POST',
  path: '/connections/{id}/bindings/{userId}/drift',
  summary: 'Adopt the values of the account, or repair them to ours',
  access: 'admin',
  body: z.strictObject({
    action: DriftAction,
    /** All that differ, unless named. */
    attributes: z.array(z.string().max(64)).min(1).max(50).optional(),
  }),
  answers: { 200: Binding },
  problems: [
    'connection_not_found',
    'binding_not_found',
    'connection_not_usable',
    'no_drift',
    'not_adoptable',
    'email_taken',
    'domain_not_in_connection',
    'validation_failed',
  ],
})

export const resolveAllDrift = endpoint({
  method: 'POST',
  path: '/connections/{id}/drift',
  summary: 'Adopt or repair one attribute, or all, of everybody',
  access: 'admin',
  body: z.strictObject({ action: DriftAction, attribute: z.string().max(64).optional() }),
  answers: { 202: z.object({ job: Job }) },
  problems: ['connection_not_found', 'connection_not_usable'],
})
