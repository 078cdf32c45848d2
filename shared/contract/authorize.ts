import { z } from 'zod'
import { Cloud } from './connection.ts'
import { endpoint } from './endpoint.ts'

export const AuthorizeConnection = z.strictObject({
  /** Of a connection that there is: its sign-in is renewed. */
  name: z.string().trim().min(1).max(100),
  cloud: Cloud.default('global'),
})
export type AuthorizeConnection = z.infer<typeof AuthorizeConnection>

export const authorizeConnection = endpoint({
  method: 'POST',
  path: '/connections/authorize',
  summary: 'Connect a tenant by the sign-in of one of its administrators, or renew that sign-in',
  access: 'admin',
  stepUp: true,
  body: AuthorizeConnection,
  /** Where the administrator signs in; Microsoft leads back to /connections/callback. */
  answers: { 200: z.object({ url: z.url() }) },
  problems: [
    'step_up_needed',
    'authorization_not_set_up',
    'tenant_already_connected',
    'cloud_not_allowed',
    'tenant_unreachable',
  ],
})
