import type { MyStatus } from '@lockstep/shared/contract/session'
import type { PasswordSync } from '@lockstep/shared/contract/user'
import type { Locale } from '@lockstep/shared/messages/locale'
import { type Translate, translator } from '@lockstep/shared/messages/message'
import type { Context } from 'hono'
import type { z } from 'zod'
import type { Context as DirectoryContext } from '../directory/context.ts'
import type { HalfSignIn } from '../directory/half-sign-in.ts'
import type { Visit } from '../directory/sessions.ts'
import type { LinkPurpose } from '../domain/link.ts'
import type { PasswordGround } from '../domain/password-policy.ts'
import type { Person } from '../http/caller.ts'
import type { HttpEnv } from '../http/env.ts'

export type SignedIn = {
  kind: 'signed_in'
  person: Person
  /** The token for the cookie. */
  session: string
  /** By what the browser is known from now on. */
  browser: string
  sync: z.input<typeof PasswordSync>[]
  /** Why the person is to choose another password first. */
  mustChange: 'forced' | 'expired' | 'weak' | null
}
/** The password was right, and a second factor is still to come. */
export type HalfSignedIn = { kind: 'half' } & HalfSignIn
export type Entry = SignedIn | HalfSignedIn
export type Status = z.input<typeof MyStatus>

type LinkUse = { token: string; purpose: LinkPurpose }
export type Invitation = { id: string; email: string; displayName: string; ground: PasswordGround }

/** What the pages ask of the rest of the gateway. Refusals are thrown as Problems. */
export type PortalServices = {
  /** `onward`: the path that it leads to. Problems: wrong_credentials, too_many_requests, busy. */
  signIn(input: { email: string; password: string; visit: Visit; onward: string | null }): Promise<Entry>
  signOut(session: string): Promise<void>
  status(userId: string): Promise<Status>
  /** What decides about a new password. */
  ground(userId: string): Promise<PasswordGround>
  /** The person has read the news of the status. */
  newsSeen(person: Person): Promise<void>
  /** Ends the person's other sessions. Problems: as of the endpoint changeMyPassword. */
  changePassword(
    person: Person,
    input: { currentPassword: string; newPassword: string; session: string | null; address: string },
  ): Promise<unknown>
  /** The person has to prove the second factor first: it is too long ago. */
  mustConfirm(userId: string, confirmedAt: number | null): Promise<boolean>
  /** Has a link sent, if there is such a person. Problem: too_many_requests. */
  forgot(input: { email: string; address: string }): Promise<void>
  /** Who a link is for; null when it is used up, too old, for something else or not ours. */
  invitation(link: LinkUse): Promise<Invitation | null>
  /** `onward` as with signIn. Problems: link_gone, password_too_weak, password_refused_by_tenant. */
  choosePassword(input: LinkUse & { newPassword: string; visit: Visit; onward: string | null }): Promise<Entry>
}

export type PortalSettings = {
  organisation: string
  supportContact: string | null
  /** Whether mails can be sent: without them nobody can reset a password alone. */
  sendsMail: boolean
  /** For readers whose own is not known. */
  language: Locale
}

/** What every page needs: the settings, and the words of its reader. */
export type PageSettings = PortalSettings & { locale: Locale; t: Translate }

export function pageSettings(settings: PortalSettings, locale: Locale = settings.language): PageSettings {
  return { ...settings, locale, t: translator(locale) }
}

export type PortalOptions = {
  settings: PortalSettings
  services: PortalServices
  /** For the second factor, and what a person does about the own security. */
  directory: DirectoryContext
  /** Origins that a form may lead to at the end of a sign-in for the extension. */
  formTargets: readonly string[]
  addressOf(c: Context<HttpEnv>): string
  /** The person of the session cookie. */
  personOf(c: Context<HttpEnv>): Promise<Person | null>
  /** When that person proved last to be the one. */
  confirmedAt(c: Context<HttpEnv>): Promise<number | null>
  now(): number
}
