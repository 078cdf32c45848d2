import type { Locale } from '@lockstep/shared/messages/locale'
import type { Actor } from '../domain/actor.ts'
import type { ExpiryPolicy } from '../domain/password-age.ts'
import type { PasswordPolicy } from '../domain/password-policy.ts'
import type { Runtime } from '../domain/runtime.ts'
import type { FactorPolicy } from '../domain/second-factor.ts'
import type { Store } from '../store/store.ts'
import type { Vault } from '../store/vault.ts'
import type { Hasher } from './hasher.ts'

/** What became of one version of a password at one connection. */
export type LaneResult = {
  connectionId: string
  /** The connection's name. */
  connection: string
  result: 'updated' | 'pending' | 'failed'
  /** A sentence for a person, where it was not updated. */
  reason: string | null
  /** The tenant does not like this very password. */
  refused: boolean
  /** It was sent and the answer is not known, or not yet. When false, it has not left and will not leave by this call. */
  mayHaveLanded: boolean
}

export type PasswordLane = {
  /**
   * Sends the sealed password of that version to every connection where the user is bound (interactive lane); resolves
   * when each has an outcome, or after waitMs. It records outcomes itself: success makes the binding's password in_sync,
   * erases the sealed copy and writes the event; a refusal of a proposed version changes nothing but is reported. Marks
   * the proposal as sent in a transaction before anything leaves.
   */
  send(userId: string, version: number, waitMs: number, actor: Actor): Promise<LaneResult[]>
}

/** Where breached passwords are looked up: a file, or a service that is told five digits of a hash. */
export type Breached = ({ file: string } | { url: string }) & {
  /** Whether a password is accepted while they cannot be. */
  failOpen: boolean
}

export type DirectorySettings = {
  /** Origin under which people reach the portal; links in mails are built from it alone. */
  publicUrl: string
  organisation: string
  /** Of mails to people whose own language is not known. */
  language: Locale
  passwordPolicy: PasswordPolicy & {
    /** For people without a second factor, where that is longer. */
    minLengthAlone?: number
  }
  /** Null: passwords do not expire. */
  passwordExpiry: ExpiryPolicy | null
  /** Of whom a second factor is demanded. */
  secondFactor: FactorPolicy
  /** Null: breached passwords are not looked up. */
  breached: Breached | null
  /** How long events are kept. */
  retainEventDays: number
}

export type Context = {
  store: Store
  vault: Vault
  runtime: Runtime
  hasher: Hasher
  settings: DirectorySettings
  passwords: PasswordLane
}

/** Longest that a page waits for the tenant's outcome, in ms; then it says "on its way". */
export const outcomeWaitMs = 2_000
