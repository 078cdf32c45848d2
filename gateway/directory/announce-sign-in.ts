import { deviceOf } from '../domain/device.ts'
import { hasSignedInBefore } from '../store/events.ts'
import type { Change } from '../store/store.ts'
import type { UserRow } from '../store/users.ts'
import type { Context } from './context.ts'
import { knownTo } from './known-browser.ts'
import { tell } from './send-mails.ts'
import { actorOf, type Visit } from './sessions.ts'

/** At most one mail about a sign-in: that it brought the password to Microsoft 365, or that the browser was not known. */
export async function announceSignIn(
  context: Context,
  { user, visit }: { user: UserRow; visit: Visit },
  firstSync: readonly string[],
): Promise<void> {
  if (visit.isAnnounced) return
  const accounts = firstSync.map((name) => `${user.email} (${name})`).join(', ')
  if (firstSync.length === 0 && !(await isNewDevice(context, user, visit.browser ?? null))) return
  await context.store.change(actorOf(user), async (change) => {
    change.quiet('the sign-in has its own event')
    if (firstSync.length === 0) return await tellNewDevice(context, change, user, visit)
    await tell(context, change.trx, user, { kind: 'synced', values: { at: change.now, accounts } })
  })
}

/** Somebody is signed in from where the person was not before. */
export async function tellNewDevice(
  context: Context,
  { trx, now }: Pick<Change, 'trx' | 'now'>,
  user: UserRow,
  from: { agent?: string | null | undefined; address: string | null; program?: string },
): Promise<void> {
  const { browser, system } = deviceOf(from.agent ?? null)
  const parts = [from.program ?? browser, system, from.address].filter((part) => part != null)
  const device = parts.length === 0 ? '?' : parts.join(', ')
  await tell(context, trx, user, { kind: 'new_device', values: { at: now, device } })
}

/** Nobody is told of the very first sign-in, which is of course from somewhere new. */
async function isNewDevice({ store, vault }: Context, { id }: UserRow, browser: string | null): Promise<boolean> {
  return knownTo(vault, browser, id) === null && (await hasSignedInBefore(store.db, id))
}
