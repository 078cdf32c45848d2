/** A Global Administrator of the tenant. */
export type Administrator = { id: string; name: string; enabled: boolean; synced: boolean; guest: boolean }

/**
 * Who can still get into the tenant when the on-premises directory, Lockstep or the authoriser is gone: enabled, of the cloud
 * alone, not bound, and not the account by whose sign-in the connection works.
 */
export const breakGlassOf = (
  administrators: readonly Administrator[],
  { bound, authoriser }: { bound: ReadonlySet<string>; authoriser: string | null },
): Administrator[] =>
  administrators.filter(
    ({ id, enabled, synced, guest }) => enabled && !synced && !guest && !bound.has(id) && id !== authoriser,
  )
