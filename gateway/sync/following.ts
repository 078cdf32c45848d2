import type { ConnectionSettings } from '@lockstep/shared/contract/connection'
import type { ConnectionRow } from '../store/connections.ts'

/** How accounts follow people unless an admin says otherwise. */
export const defaultFollowing = {
  mapping: {},
  scope: { groups: [], leaving: 'block' },
  neverExpirePasswords: true,
  stagedAccounts: 'enabled',
  suspendedLeaveGroups: false,
  licences: { rules: [], whenNoneLeft: 'wait', removeAfterDays: null },
} as const satisfies Partial<ConnectionSettings>

/** The settings of a connection; those that it was made without are the default. */
export const settingsOf = (connection: Pick<ConnectionRow, 'settings'>): ConnectionSettings => ({
  ...defaultFollowing,
  ...(JSON.parse(connection.settings) as Omit<ConnectionSettings, keyof typeof defaultFollowing>),
})

/** Whether other accounts are wanted than before: then everybody is planned anew. */
export const wantsOthers = (before: ConnectionSettings, after: ConnectionSettings): boolean =>
  following.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))

const following = Object.keys(defaultFollowing) as (keyof typeof defaultFollowing)[]
