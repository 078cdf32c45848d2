import { z } from 'zod'

/** `GET /.well-known/lockstep`, outside the base path. */
export const Discovery = z.object({
  name: z.string(),
  version: z.string(),
  portal: z.url(),
  passwordUrl: z.url(),
  supportContact: z.string().nullable(),
  redirectRules: z.object({ version: z.number().int(), sources: z.array(z.string()) }),
  extension: z.object({ minimumVersion: z.string() }),
})
export type Discovery = z.infer<typeof Discovery>
