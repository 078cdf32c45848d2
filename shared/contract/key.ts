import { z } from 'zod'
import { endpoint } from './endpoint.ts'

export const rotateKey = endpoint({
  method: 'POST',
  path: '/key/rotation',
  summary: 'Seal everything anew under a new instance key',
  access: 'admin',
  answers: {
    200: z.object({
      resealed: z.number().int(),
      /** Values that could not be opened before, and stay as they were. */
      unreadable: z.number().int(),
    }),
  },
  problems: ['key_kept_elsewhere'],
})
