import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { GroupId } from './ids.ts'
import { Job } from './job.ts'

/** So many people, the members of a group, or everybody who is left. */
export const Ring = z.union([
  z.strictObject({ count: z.number().int().min(1).max(100_000) }),
  z.strictObject({ group: GroupId }),
  z.strictObject({ rest: z.literal(true) }),
])
export type Ring = z.infer<typeof Ring>

export const RolloutInput = z.strictObject({
  /** One after the other; each begins once the one before went well. */
  rings: z.array(Ring).min(1).max(20),
  attributes: z.enum(['fill_empty', 'ours_win']).default('fill_empty'),
})
export type RolloutInput = z.infer<typeof RolloutInput>

export const startRollout = endpoint({
  method: 'POST',
  path: '/connections/{id}/rollout',
  summary: 'Bind everybody whom the connection is for, ring by ring; it stops by itself where it goes wrong',
  access: 'admin',
  body: RolloutInput,
  answers: { 202: z.object({ job: Job }) },
  problems: ['connection_not_found', 'connection_not_usable', 'group_not_found', 'nobody_to_bind'],
})

export const continueRollout = endpoint({
  method: 'POST',
  path: '/connections/{id}/rollout/{jobId}/continue',
  summary: 'Go on with a roll-out that has stopped, with those who failed first',
  access: 'admin',
  answers: { 202: z.object({ job: Job }) },
  problems: ['connection_not_found', 'job_not_found', 'job_not_ended', 'connection_not_usable', 'nobody_to_bind'],
})
