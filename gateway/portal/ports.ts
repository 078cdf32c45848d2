import type { MyStatus } from '@lockstep/shared/contract/session'
import type { PasswordSync } from '@lockstep/shared/contract/user'
import type { Locale } from '@lockstep/shared/messages/locale'
import { type Translate, translator } from '@lockstep/shared/messages/message'
import type { Context } from 'hono'
import type { z } from 'zod'
import type { LinkPurpose } from '../domain/link.ts'
import type { PasswordPolicy } from '../domain/password-policy.ts'
import type { Person } from '../http/caller.ts'
import type { HttpEnv } from '../http/env.ts'

export type SignedIn = {
  person: Person
  /** The token for the cookie. */
  session: string
  /** By what the browser is known from now on. */
  browser: string
  sync: z.input<typeof PasswordSync>[]
  /** The person has to choose another password first. */
  mustChange: boolean
}
export type Status = z.input<typeof MyStatus>

/** Where a form comes from. */
type From = { address: string; browser: string | null }
type LinkUse = { token: string; purpose: LinkPurpose }
export type Invitation = { id: string; email: string; displayName: string }

/** What the pages ask of the rest of the gateway. Refusals are thrown as Problems. */
export type PortalServices = {
  /** Problems: wrong_credentials, too_many_requests, busy. */
  signIn(input: { email: string; password: string } & From): Promise<SignedIn>
  signOut(session: string): Promise<void>
  status(userId: string): Promise<Status>
  /** The person has read the news of the status. */
  newsSeen(person: Person): Promise<void>
  /** Ends the person's other sessions. Problems: as of the endpoint changeMyPassword. */
  changePassword(
    person: Person,
    input: { currentPassword: string; newPassword: string; session: string | null; address: string },
  ): Promise<unknown>
  /** Has a link sent, if there is such a person. Problem: too_many_requests. */
  forgot(input: { email: string; address: string }): Promise<void>
  /** Who a link is for; null when it is used up, too old, for something else or not ours. */
  invitation(link: LinkUse): Promise<Invitation | null>
  /** Problems: link_gone, password_too_weak, password_refused_by_tenant. */
  choosePassword(input: LinkUse & { newPassword: string } & From): Promise<SignedIn>
}

export type PortalSettings = {
  organisation: string
  supportContact: string | null
  passwordPolicy: PasswordPolicy
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
  addressOf(c: Context<HttpEnv>): string
  /** The person of the session cookie. */
  personOf(c: Context<HttpEnv>): Promise<Person | null>
}
