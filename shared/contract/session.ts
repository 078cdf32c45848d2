import { z } from 'zod'
import { BindingPasswordState } from './binding.ts'
import { endpoint } from './endpoint.ts'
import { LockstepEvent } from './event.ts'
import { Time } from './ids.ts'
import { PasswordInput, PasswordSync, Role, User } from './user.ts'

export const signIn = endpoint({
  method: 'POST',
  path: '/session',
  summary: 'Sign in; the password goes to Microsoft 365 where it is not yet',
  access: 'public',
  body: z.strictObject({
    email: z.string().min(1).max(254),
    password: PasswordInput,
    /** A code of the authenticator app, or a recovery code. */
    otp: z.string().max(64).optional(),
  }),
  answers: { 200: z.object({ user: User, sync: z.array(PasswordSync) }) },
  problems: [
    'wrong_credentials',
    'second_factor_needed',
    'second_factor_missing',
    'wrong_code',
    'too_many_requests',
    'busy',
  ],
})

/** The same answer for everybody, whether there is such a person or not. */
export const forgotPassword = endpoint({
  method: 'POST',
  path: '/session/forgot',
  summary: 'Have a link sent by mail to choose another password, if there is such a person',
  access: 'public',
  body: z.strictObject({ email: z.string().min(1).max(254) }),
  answers: { 202: z.object({ detail: z.string() }) },
  problems: ['too_many_requests'],
})

export const signOut = endpoint({
  method: 'DELETE',
  path: '/session',
  summary: 'Sign out',
  access: 'public',
  answers: { 204: null },
  problems: [],
})

export const me = endpoint({
  method: 'GET',
  path: '/me',
  summary: 'The person who is signed in',
  access: 'user',
  answers: { 200: z.object({ user: User, role: Role.nullable() }) },
  problems: [],
})

export const MyStatus = z.object({
  user: z.object({ email: z.string(), displayName: z.string() }),
  state: z.enum(['in_sync', 'waiting', 'failed', 'unbound']),
  /** How long the password is good for. */
  password: z.object({
    /** Null: it does not expire. */
    expiresAt: Time.nullable(),
    /** It expires within two weeks, or has. */
    expiring: z.boolean(),
    expired: z.boolean(),
    /** When the accounts are blocked unless it is changed; null: they are not. */
    blocksAt: Time.nullable(),
    /** The accounts are blocked until it is changed. */
    blocked: z.boolean(),
  }),
  connections: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      account: z.string(),
      password: z.object({ state: BindingPasswordState, syncedAt: Time.nullable(), reason: z.string().nullable() }),
      lastSyncAt: Time.nullable(),
    }),
  ),
  /** Accounts that have the password of here since they were bound, until the person has read so. */
  news: z.array(z.object({ connection: z.string(), name: z.string(), at: Time })),
  action: z.enum(['sign_in', 'change_password', 'try_again']).nullable(),
  events: z.array(LockstepEvent).max(5),
})
export type MyStatus = z.infer<typeof MyStatus>

export const myStatus = endpoint({
  method: 'GET',
  path: '/me/status',
  summary: 'What the popup shows',
  access: 'user',
  answers: { 200: MyStatus },
  problems: [],
})

export const myNewsSeen = endpoint({
  method: 'POST',
  path: '/me/news/seen',
  summary: 'The person has read what the status has as news',
  access: 'user',
  answers: { 204: null },
  problems: [],
})

export const changeMyPassword = endpoint({
  method: 'PUT',
  path: '/me/password',
  summary: 'Change my password; Microsoft 365 is asked first',
  access: 'user',
  body: z.strictObject({ currentPassword: PasswordInput, newPassword: PasswordInput }),
  answers: { 200: z.object({ sync: z.array(PasswordSync) }) },
  problems: [
    'step_up_needed',
    'wrong_credentials',
    'password_too_weak',
    'password_refused_by_tenant',
    'password_change_in_progress',
    'too_many_requests',
    'busy',
  ],
})
