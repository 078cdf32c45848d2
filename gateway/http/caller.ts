import type { Role } from '@lockstep/shared/contract/user'
import type { Actor } from '../domain/actor.ts'

export type Person = Extract<Actor, { kind: 'user' }>
export type ApiToken = Extract<Actor, { kind: 'token' }>

/** Who calls, as read from the database for this very request. */
export type Caller = Person | ApiToken

export type AccessToken = {
  person: Person /** SHA-256 thumbprint of the key that the token is bound to. */
  jkt: string | null
}

/** Finds out who holds a credential; null for one that is unknown, ended or revoked. */
export type Gatekeeper = {
  /** `isUse`: the session is kept alive by it. */
  session(token: string, isUse: boolean): Promise<Person | null>
  apiToken(token: string): Promise<ApiToken | null>
  accessToken(token: string): Promise<AccessToken | null>
  /** When the person behind a session or an access token proved last to be the one. */
  confirmedAt(credential: { session: string } | { accessToken: string }): Promise<number | null>
}

const ranks: Record<Role, number> = { auditor: 1, helpdesk: 2, admin: 3 }

/** Each role may do what the one before it may. */
export function hasRole(caller: Caller, needed: Role): boolean {
  return caller.role !== null && ranks[caller.role] >= ranks[needed]
}
