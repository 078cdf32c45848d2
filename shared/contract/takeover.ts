import { z } from 'zod'
import { endpoint } from './endpoint.ts'

export const TakeoverPreview = z.object({
  /** Active people who are bound. */
  people: z.number().int(),
  /** Whose password goes there when they sign in to the portal. */
  atSignIn: z.number().int(),
  /** Whose password goes there only when it is changed. */
  onChange: z.number().int(),
  /** How many would be reminded to sign in, one mail at a time each. */
  mails: z.number().int(),
})
export type TakeoverPreview = z.infer<typeof TakeoverPreview>

export const previewTakeover = endpoint({
  method: 'GET',
  path: '/connections/{id}/password-takeover',
  summary: 'What switching passwordTakeover, or excepting groups from it, would mean; nothing is changed',
  access: 'auditor',
  query: z.strictObject({
    enabled: z.enum(['true', 'false']),
    /** Ids of groups, separated by commas. */
    except: z.string().max(2_300).optional(),
  }),
  answers: { 200: TakeoverPreview },
  problems: ['connection_not_found'],
})
