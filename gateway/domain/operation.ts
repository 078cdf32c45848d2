import type { Attribute } from '@lockstep/shared/contract/attributes'
import type { AccountId, UserId } from '@lockstep/shared/contract/ids'
import type { NewAccount } from './account.ts'

/**
 * Why an account is blocked by us. Only what was blocked for one of these is ever enabled again. `staged`: it was made
 * disabled, until the person is activated. `out_of_scope`: the person left the groups that the connection is for.
 */
export type BlockCause = 'suspended' | 'unbound' | 'expired' | 'admin' | 'staged' | 'out_of_scope'

/** What is compared on both sides. */
export type Tracked = Attribute | 'userPrincipalName' | 'passwordPolicies' | 'manager'

export type Change = {
  /** `licence`: its values are ids of SKUs. */
  attribute: Tracked | 'licence' | 'accountEnabled' | 'password' | 'deleted' | 'sessions'
  before: string | null
  after: string | null
}

/** Why an operation is there, as a stable word. */
export type Reason =
  | 'bound'
  | 'directory_changed'
  | 'drift_enforced'
  | 'password_changed'
  | 'signed_in'
  | 'rebound'
  | 'resumed'
  | 'activated'
  | 'back_in_scope'
  | 'restored'
  | 'undone'
  | BlockCause

type Target = { userId: UserId; accountId: AccountId; reason: Reason }

/** One thing to do to one account. Never holds a password: a plan may be printed, stored and sent anywhere. */
export type Operation =
  | {
      kind: 'provision'
      userId: UserId
      accountId: null
      account: NewAccount
      passwordVersion: number | null
      reason: Reason
      changes: Change[]
      /** What follows once the account is there. */
      next: Change[]
    }
  /** `blockedBy`: an account that we made, though nobody heard of it, and made so. */
  | ({ kind: 'take_over'; changes: Change[]; blockedBy?: BlockCause } & Target)
  | ({ kind: 'update'; changes: Change[] } & Target)
  | ({ kind: 'set_password'; version: number; changes: Change[] } & Target)
  /** The password from before the takeover ends: the account gets one that nobody knows. */
  | ({ kind: 'end_password'; changes: Change[] } & Target)
  | ({ kind: 'deprovision'; changes: Change[] } & Target)
  | ({ kind: 'reprovision'; changes: Change[] } & Target)
  | ({ kind: 'restore'; changes: Change[] } & Target)
  /** What is left of a block whose second half did not succeed. */
  | ({ kind: 'revoke_sessions'; changes: Change[] } & Target)
  | ({ kind: 'licence'; changes: Change[] } & Target)

export type OperationKind = Operation['kind']

/** Version of the password that an operation puts in the place of another; 0: one that nobody knows. Null: it brings none. */
export function passwordOf(operation: Operation): number | null {
  if (operation.kind === 'set_password') return operation.version
  return operation.kind === 'end_password' ? 0 : null
}
