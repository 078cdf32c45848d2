import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Time } from './ids.ts'

export const Factor = z.object({
  id: z.string(),
  kind: z.enum(['totp', 'passkey']),
  name: z.string(),
  createdAt: Time,
  usedAt: Time.nullable(),
})

export const MyFactors = z.object({
  factors: z.array(Factor),
  recoveryCodesLeft: z.number().int(),
  /** The person's role, or the organisation, demands one. */
  required: z.boolean(),
})

/** Six digits of the app, or a recovery code; for whoever has neither, the password. */
const Code = z.string().min(1).max(256)
const Name = z.string().trim().max(60)
const base64url = z
  .string()
  .regex(/^[\w-]+$/)
  .max(12_000)

/** RegistrationResponseJSON of WebAuthn, level 3. */
export const NewPasskey = z.strictObject({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.strictObject({
    clientDataJSON: base64url,
    attestationObject: base64url,
    authenticatorData: base64url.optional(),
    publicKey: base64url.optional(),
    publicKeyAlgorithm: z.number().int().optional(),
    transports: z.array(z.string().max(32)).max(10).optional(),
  }),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.record(z.string(), z.unknown()),
})

const Added = z.object({
  /** With the first factor; they are not shown again. */
  recoveryCodes: z.array(z.string()).nullable(),
})

export const myFactors = endpoint({
  method: 'GET',
  path: '/me/factors',
  summary: 'My second factors',
  access: 'user',
  answers: { 200: MyFactors },
  problems: [],
})

export const beginTotp = endpoint({
  method: 'POST',
  path: '/me/totp',
  summary: 'A key for an authenticator app; PUT its first code to turn it on',
  access: 'user',
  secretAnswer: true,
  answers: { 200: z.object({ uri: z.string(), key: z.string() }) },
  problems: ['step_up_needed'],
})

export const addTotp = endpoint({
  method: 'PUT',
  path: '/me/totp',
  summary: 'Turn the authenticator app on by a code that it shows',
  access: 'user',
  body: z.strictObject({ code: Code, name: Name.optional() }),
  answers: { 200: Added },
  problems: ['step_up_needed', 'wrong_code', 'sign_in_ended', 'too_many_factors', 'too_many_requests'],
})

export const beginPasskey = endpoint({
  method: 'POST',
  path: '/me/passkeys',
  summary: 'Options for making a passkey (PublicKeyCredentialCreationOptionsJSON); PUT the answer',
  access: 'user',
  secretAnswer: true,
  answers: { 200: z.record(z.string(), z.unknown()) },
  problems: ['step_up_needed'],
})

export const addPasskey = endpoint({
  method: 'PUT',
  path: '/me/passkeys',
  summary: 'Add the passkey that the browser made',
  access: 'user',
  body: z.strictObject({ response: NewPasskey, name: Name.optional() }),
  answers: { 200: Added },
  problems: ['step_up_needed', 'passkey_refused', 'too_many_factors'],
})

export const renameFactor = endpoint({
  method: 'PATCH',
  path: '/me/factors/{id}',
  summary: 'Rename a second factor',
  access: 'user',
  body: z.strictObject({ name: Name.min(1) }),
  answers: { 204: null },
  problems: ['step_up_needed', 'factor_not_found'],
})

export const removeFactor = endpoint({
  method: 'DELETE',
  path: '/me/factors/{id}',
  summary: 'Remove a second factor',
  access: 'user',
  answers: { 204: null },
  problems: ['step_up_needed', 'factor_not_found', 'factor_is_last'],
})

export const renewRecoveryCodes = endpoint({
  method: 'POST',
  path: '/me/recovery-codes',
  summary: 'Make ten new recovery codes; the former work no more',
  access: 'user',
  secretAnswer: true,
  answers: { 200: z.object({ recoveryCodes: z.array(z.string()) }) },
  problems: ['step_up_needed', 'factor_not_found'],
})

export const confirmMe = endpoint({
  method: 'POST',
  path: '/me/confirm',
  summary: 'Prove again to be the one, for five minutes; the session cookie changes',
  access: 'user',
  body: z.strictObject({ code: Code }),
  answers: { 204: null },
  problems: ['wrong_code', 'wrong_credentials', 'too_many_requests', 'busy'],
})

export const MySession = z.object({
  id: z.string(),
  /** A browser, or the extension or the command line with tokens of its own. */
  kind: z.enum(['browser', 'extension', 'cli']),
  /** Browser and system, as far as they are known. */
  device: z.string().nullable(),
  address: z.string().nullable(),
  createdAt: Time,
  seenAt: Time,
  endsAt: Time,
  /** The one that asks. */
  current: z.boolean(),
})

export const mySessions = endpoint({
  method: 'GET',
  path: '/me/sessions',
  summary: 'Where I am signed in',
  access: 'user',
  answers: { 200: z.object({ items: z.array(MySession) }) },
  problems: [],
})

export const endMySession = endpoint({
  method: 'DELETE',
  path: '/me/sessions/{id}',
  summary: 'Sign out there',
  access: 'user',
  answers: { 204: null },
  problems: ['session_not_found'],
})

export const endOtherSessions = endpoint({
  method: 'DELETE',
  path: '/me/sessions',
  summary: 'Sign out everywhere else, the extension included',
  access: 'user',
  answers: { 204: null },
  problems: [],
})

export const resetFactors = endpoint({
  method: 'POST',
  path: '/users/{id}/factors/reset',
  summary: 'Take all second factors of somebody who lost them away; the person is told by mail',
  access: 'admin',
  stepUp: true,
  answers: { 204: null },
  problems: ['step_up_needed', 'user_not_found', 'factor_not_found'],
})
