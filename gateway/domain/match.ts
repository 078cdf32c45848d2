import type { AccountId } from '@lockstep/shared/contract/ids'
import type { ObservedAccount } from './account.ts'

export type Match =
  | { kind: 'none' }
  | {
      kind: 'account'
      account: ObservedAccount
      by: 'immutable_id' | 'user_principal_name' | 'address'
    }
  | { kind: 'conflict'; accountIds: AccountId[] }

/** What is looked for: the immutable id that we would have given, and the person's email. */
export type Probe = { immutableId: string; email: string }

/**
 * Whose account is it? Immutable id first, then user principal name, then primary and other addresses. Two different hits
 * at the same step are a conflict for a person to decide, never "the first one"; so is an address of one account that is
 * the user principal name of another.
 */
export function match(probe: Probe, candidates: readonly ObservedAccount[]): Match {
  const email = probe.email.toLowerCase()
  const steps = [
    ['immutable_id', (account: ObservedAccount) => account.immutableId === probe.immutableId],
    ['user_principal_name', (account: ObservedAccount) => account.userPrincipalName.toLowerCase() === email],
    [
      'address',
      (account: ObservedAccount) => account.addresses.includes(email) || account.mail?.toLowerCase() === email,
    ],
  ] as const
  const all = new Map<AccountId, ObservedAccount>()
  let first: Match = { kind: 'none' }
  for (const [by, hits] of steps) {
    for (const account of candidates.filter(hits)) {
      if (all.size === 0) first = { kind: 'account', account, by }
      all.set(account.id, account)
    }
    // Our own mark decides alone: nobody else writes it.
    if (by === 'immutable_id' && all.size === 1) return first
  }
  return all.size > 1 ? { kind: 'conflict', accountIds: [...all.keys()].sort() } : first
}
