import type { Attribute } from '@lockstep/shared/contract/attributes'
import type { AccountId } from '@lockstep/shared/contract/ids'
import type { ObservedAccount } from './account.ts'
import type { Tracked } from './operation.ts'
import type { Instant } from './runtime.ts'

/** What we wrote lately, by property: the value, the one before it, and when. */
export type Written = Readonly<Partial<Record<Property, Entry>>>
/** Licences as one text: their ids with a comma between. */
type Property = Tracked | 'enabled' | 'licences'
type Entry = { value: string | boolean | null; before: string | boolean | null; at: Instant }

/** How long a read may still show what was there before our write (Microsoft's replicas, deltas up to minutes late). */
export const staleForMs = 5 * 60_000

/**
 * Takes an observation after writes of ours. For five minutes a property that still shows the value from before our write
 * counts as a late answer, and ours stands; any other value is somebody's change. Whether it was one is in doubt until those
 * minutes are over, since somebody may have put the old value back: `doubtUntil` says when to look again.
 */
export function settle(
  seen: ObservedAccount,
  written: Written,
  now: Instant,
): { account: ObservedAccount; written: Written; doubtUntil: Instant | null } {
  let account = seen
  let doubtUntil: Instant | null = null
  const kept: Record<string, Entry> = {}
  for (const [property, entry] of Object.entries(written) as [Property, Entry][]) {
    if (now - entry.at >= staleForMs) continue
    const theirs = read(seen, property)
    if (theirs === entry.value) kept[property] = entry
    else if (theirs === entry.before) {
      kept[property] = entry
      account = put(account, property, entry.value)
      doubtUntil = Math.max(doubtUntil ?? 0, entry.at + staleForMs)
    }
  }
  return { account, written: kept, doubtUntil }
}

/** Values that we wrote, that were accepted, and that the account still shows as they were before. */
export function droppedValues(written: Written, seen: ObservedAccount): { attribute: Tracked; wrote: string | null }[] {
  return (Object.entries(written) as [Property, Entry][]).flatMap(([property, { value, before }]) => {
    if (property === 'enabled' || property === 'licences' || value === before || typeof value === 'boolean') return []
    return read(seen, property) === before ? [{ attribute: property, wrote: value }] : []
  })
}

/** The account after a write of ours was accepted. */
export function overwrite(
  account: ObservedAccount,
  wrote: { attributes: Partial<Record<Tracked | 'licences', string | null>>; enabled: boolean | undefined },
  written: Written,
  now: Instant,
): { account: ObservedAccount; written: Written } {
  const values = Object.entries(wrote.attributes) as [Property, string | boolean | null][]
  if (wrote.enabled !== undefined) values.push(['enabled', wrote.enabled])
  let after = account
  const entries: Record<string, Entry> = { ...written }
  for (const [property, value] of values) {
    // Our own write may have been observed already: a late answer shows the contrary all the same.
    const before = typeof value === 'boolean' ? !value : read(account, property)
    entries[property] = { value, before, at: now }
    after = put(after, property, value)
  }
  return { account: after, written: entries }
}

function read(account: ObservedAccount, property: Property): string | boolean | null {
  if (property === 'licences') return (account.licences ?? []).join(',')
  if (property === 'enabled') return account.enabled
  if (property === 'userPrincipalName' || property === 'passwordPolicies' || property === 'manager')
    return account[property]
  return account.attributes[property]
}

function put(account: ObservedAccount, property: Property, value: string | boolean | null): ObservedAccount {
  if (property === 'licences') {
    const licences = value === '' ? [] : String(value).split(',')
    return { ...account, licensed: licences.length > 0, licences }
  }
  if (property === 'enabled') return { ...account, enabled: value === true }
  if (property === 'userPrincipalName') return { ...account, userPrincipalName: String(value) }
  if (property === 'passwordPolicies') return { ...account, passwordPolicies: value as string | null }
  if (property === 'manager') return { ...account, manager: value as AccountId | null }
  return { ...account, attributes: { ...account.attributes, [property as Attribute]: value as string | null } }
}
