import { z } from 'zod'
import { AttributesInput, line } from './attributes.ts'
import { Binding } from './binding.ts'
import { endpoint } from './endpoint.ts'
import { AccountId, Time, UserId } from './ids.ts'
import { Job } from './job.ts'
import { listOf, listQuery, search } from './list.ts'

export const UserState = z.enum(['staged', 'active', 'suspended'])
export type UserState = z.infer<typeof UserState>

export const Role = z.enum(['admin', 'helpdesk', 'auditor'])
export type Role = z.infer<typeof Role>

/** What Microsoft 365 takes as a user principal name (concept-sspr-policy, read 2026-11-23). */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(113)
  .regex(
    /^[a-z0-9'._\-!#^~]{0,63}[a-z0-9'_\-!#^~]@(?=.{1,48}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/,
    'Use an address like ana@contoso.example, without accents, spaces or "+".',
  )

export const AlternateEmail = z.email().max(254)

/** Bounds only; the policy speaks about the rest. Never trimmed or changed. */
export const PasswordInput = z.string().min(1).max(256)

export const User = z.object({
  id: UserId,
  email: z.string(),
  displayName: z.string(),
  givenName: z.string().nullable(),
  familyName: z.string().nullable(),
  alternateEmail: z.string().nullable(),
  state: UserState,
  role: Role.nullable(),
  attributes: z.record(z.string(), z.string().nullable()),
  password: z.object({
    state: z.enum(['none', 'set', 'expired']),
    set: z.boolean(),
    /** 0 while there is none. */
    version: z.number().int(),
    changedAt: Time.nullable(),
    /** Null: it does not expire. */
    expiresAt: Time.nullable(),
    expired: z.boolean(),
    /** The accounts are blocked until it is changed. */
    blocked: z.boolean(),
    mustChange: z.boolean(),
  }),
  mfa: z.object({ totp: z.boolean(), passkeys: z.number().int() }),
  bindings: z.array(Binding),
  createdAt: Time,
  updatedAt: Time,
})
export type User = z.infer<typeof User>

export const CreateUser = z.strictObject({
  email: Email,
  displayName: line(256).min(1).optional(),
  givenName: line(64).nullable().optional(),
  familyName: line(64).nullable().optional(),
  alternateEmail: AlternateEmail.nullable().optional(),
  state: z.enum(['active', 'staged']).default('active'),
  initialPassword: PasswordInput.optional(),
  /** Instead of a password: its hash in another directory, which ours replaces at the first sign-in. */
  passwordHash: z.string().min(1).max(1_024).optional(),
  sendMail: z.boolean().default(true),
  attributes: AttributesInput.optional(),
})
export type CreateUser = z.infer<typeof CreateUser>

export const UpdateUser = z
  .strictObject({
    email: Email,
    displayName: line(256).min(1),
    givenName: line(64).nullable(),
    familyName: line(64).nullable(),
    alternateEmail: AlternateEmail.nullable(),
    attributes: AttributesInput,
  })
  .partial()
export type UpdateUser = z.infer<typeof UpdateUser>

const notFound = ['user_not_found'] as const

export const listUsers = endpoint({
  method: 'GET',
  path: '/users',
  summary: 'List users; search matches beginnings of name words and of the email',
  access: 'auditor',
  query: z.strictObject({
    ...listQuery,
    search,
    state: UserState.optional(),
    connection: z.string().max(64).optional(),
    binding: z.enum(['bound', 'unbound', 'drifted', 'failed']).optional(),
    group: z.string().max(64).optional(),
    account: AccountId.optional(),
    sort: z.enum(['name', 'email']).default('name'),
  }),
  answers: { 200: listOf(User) },
  problems: [],
})

export const createUser = endpoint({
  method: 'POST',
  path: '/users',
  summary: 'Create a user',
  access: 'admin',
  body: CreateUser,
  answers: { 201: User },
  problems: ['email_taken', 'password_too_weak', 'domain_not_in_connection'],
})

export const getUser = endpoint({
  method: 'GET',
  path: '/users/{id}',
  summary: 'Read one user',
  access: 'auditor',
  answers: { 200: User },
  problems: notFound,
})

export const updateUser = endpoint({
  method: 'PATCH',
  path: '/users/{id}',
  summary: 'Change a user; null clears, absent leaves',
  access: 'admin',
  body: UpdateUser,
  answers: { 200: User },
  problems: ['user_not_found', 'email_taken', 'domain_not_in_connection'],
})

export const deleteUser = endpoint({
  method: 'DELETE',
  path: '/users/{id}',
  summary: 'Delete a user; bound accounts are kept as they are, or disabled',
  access: 'admin',
  query: z.strictObject({ accounts: z.enum(['keep', 'disable']) }),
  answers: { 204: null },
  problems: ['user_not_found', 'user_is_last_admin', 'user_is_bound'],
})

export const activateUser = endpoint({
  method: 'POST',
  path: '/users/{id}/activate',
  summary: 'Activate a staged user',
  access: 'helpdesk',
  body: z.strictObject({ sendMail: z.boolean().default(true) }),
  answers: { 200: User },
  problems: ['user_not_found', 'user_state_conflict'],
})

const LinkSent = z.object({
  /** Where the mail goes. */
  recipient: z.string(),
})

export const sendActivation = endpoint({
  method: 'POST',
  path: '/users/{id}/activation',
  summary: 'Send the activation mail again, with a new link; the old one ends',
  access: 'helpdesk',
  answers: { 202: LinkSent },
  problems: ['user_not_found', 'user_state_conflict'],
})

export const sendPasswordReset = endpoint({
  method: 'POST',
  path: '/users/{id}/password-reset',
  summary: 'Send a link to choose another password; who has none yet gets the activation mail',
  access: 'helpdesk',
  answers: { 202: LinkSent },
  problems: ['user_not_found', 'user_state_conflict'],
})

export const showLink = endpoint({
  method: 'POST',
  path: '/users/{id}/desk-link',
  summary:
    'A link to choose a password, for somebody at the desk: shown as a QR code, never mailed, good for half an hour',
  access: 'admin',
  stepUp: true,
  secretAnswer: true,
  answers: { 200: z.object({ link: z.string(), purpose: z.enum(['activation', 'reset']), endsAt: Time }) },
  problems: ['step_up_needed', 'user_not_found', 'user_state_conflict'],
})

export const suspendUser = endpoint({
  method: 'POST',
  path: '/users/{id}/suspend',
  summary: 'Suspend a user and block the bound accounts',
  access: 'admin',
  answers: { 200: User },
  problems: ['user_not_found', 'user_state_conflict', 'user_is_last_admin'],
})

export const resumeUser = endpoint({
  method: 'POST',
  path: '/users/{id}/resume',
  summary: 'Resume a suspended user and enable what we blocked',
  access: 'admin',
  answers: { 200: User },
  problems: ['user_not_found', 'user_state_conflict'],
})

/** What became of a password at one connection. */
export const PasswordSync = z.object({
  connection: z.string(),
  password: z.enum(['updated', 'pending', 'in_sync', 'failed']),
  reason: z.string().nullable(),
})
export type PasswordSync = z.infer<typeof PasswordSync>

export const setUserPassword = endpoint({
  method: 'PUT',
  path: '/users/{id}/password',
  summary: 'Set a password; it goes to Microsoft 365 at once',
  access: 'admin',
  stepUp: true,
  body: z.strictObject({ password: PasswordInput, mustChange: z.boolean().default(false) }),
  answers: { 200: z.object({ sync: z.array(PasswordSync) }) },
  problems: [
    'step_up_needed',
    'user_not_found',
    'password_too_weak',
    'password_refused_by_tenant',
    'password_change_in_progress',
  ],
})

/** First row: email and any of displayName, givenName, familyName, alternateEmail, state and the attributes. */
export const importUsers = endpoint({
  method: 'POST',
  path: '/users/import',
  summary: 'Create users from CSV; with dryRun nothing is written',
  access: 'admin',
  query: z.strictObject({ dryRun: z.enum(['true', 'false']).optional() }),
  body: z.string().min(1),
  bodyType: 'text/csv',
  answers: { 202: z.object({ job: Job }) },
  problems: ['malformed_csv', 'unsupported_media_type', 'request_too_large'],
})

export const userPhoto = endpoint({
  method: 'GET',
  path: '/users/{id}/photo',
  summary: 'The photo that was imported for a person, without metadata',
  access: 'auditor',
  answers: { 200: z.instanceof(Uint8Array) },
  answerType: 'image/jpeg',
  problems: ['user_not_found', 'photo_not_found'],
})

export const userBindings = endpoint({
  method: 'GET',
  path: '/users/{id}/bindings',
  summary: 'The bindings of one user',
  access: 'auditor',
  query: z.strictObject(listQuery),
  answers: { 200: listOf(Binding) },
  problems: notFound,
})
