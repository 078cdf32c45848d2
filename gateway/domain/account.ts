import type { Attribute } from '@lockstep/shared/contract/attributes'
import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Instant } from './runtime.ts'

/** What we hold of a person and an account, by the directory's own names; null is "empty". */
export type Attributes = Readonly<Record<Attribute, string | null>>

/** The state of an account as the tenant last told us. */
export type ObservedAccount = {
  id: AccountId
  userPrincipalName: string
  mail: string | null
  /** Every address of the account in lower case, the primary one first where there is one. */
  addresses: readonly string[]
  enabled: boolean
  immutableId: string | null
  guest: boolean
  /** Synced from an on-premises directory: the tenant refuses our writes. */
  synced: boolean
  /** In a restricted management unit. */
  restricted: boolean
  /** Whether it holds any licence; absent where that was not told. */
  licensed?: boolean
  /** SKUs, in order; absent where that was not told. */
  licences?: readonly string[]
  attributes: Attributes
  manager: AccountId | null
  /** As the tenant lists them. */
  passwordPolicies: string | null
  passwordChangedAt: Instant | null
  createdAt: Instant | null
}

/** What a create sends, apart from the password. */
export type NewAccount = {
  userPrincipalName: string
  mailNickname: string
  immutableId: string
  enabled: boolean
  passwordPolicies: string | null
  attributes: Attributes
}

/** Why an account is untouchable without an override that is recorded. */
export type Protection =
  | 'privileged_role'
  | 'synced'
  | 'guest'
  | 'restricted'
  | 'break_glass'
  | 'authoriser'
  | 'unknown'
