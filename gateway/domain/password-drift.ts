import type { Instant } from './runtime.ts'

/** Clocks may differ by this much, in ms, and no change may be seen where there was none. */
export const skewMs = 2 * 60_000

export type PasswordStanding = {
  state: 'none' | 'awaiting_login' | 'pending' | 'in_sync' | 'rejected' | 'drifted'
  /** When the tenant took our last version, by its own clock. */
  syncedAt: Instant | null
}

export type AccountTimes = {
  /** The tenant's `lastPasswordChangeDateTime`. */
  passwordChangedAt: Instant | null
  createdAt: Instant | null
  /** We made the account, with a password that nobody knows. */
  ours: boolean
}

/**
 * Whether somebody changed the password at Microsoft: after our last version arrived, or, on an account that we made,
 * before the person ever signed in to us.
 */
export function passwordDrifted({ state, syncedAt }: PasswordStanding, account: AccountTimes): boolean {
  const { passwordChangedAt, createdAt } = account
  if (passwordChangedAt === null) return false
  if (state === 'in_sync') return syncedAt !== null && passwordChangedAt > syncedAt + skewMs
  if (state === 'awaiting_login')
    return account.ours && syncedAt === null && createdAt !== null && passwordChangedAt > createdAt + skewMs
  return false
}
