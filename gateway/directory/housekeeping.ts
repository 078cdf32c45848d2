import { system } from '../domain/actor.ts'
import { deleteEndedAuthorizations } from '../store/authorizations.ts'
import { erasePastImages, keptForMs } from '../store/before-images.ts'
import { eraseEvents } from '../store/events.ts'
import { expireFresh } from '../store/fresh-passwords.ts'
import { deleteEndedSteps } from '../store/half-sign-ins.ts'
import { expireIdempotent } from '../store/idempotency.ts'
import { deleteEndedLinks } from '../store/links.ts'
import { forgetMails } from '../store/mails.ts'
import { deleteEndedEntries } from '../store/oauth-entries.ts'
import { expirePending } from '../store/pending-passwords.ts'
import { deleteEndedPrograms } from '../store/programs.ts'
import { deleteEndedSessions } from '../store/sessions.ts'
import { expireAttempts } from '../store/throttles.ts'
import { erasePastTombstones } from '../store/tombstones.ts'
import { purgeLetGo } from '../store/users.ts'
import type { Context } from './context.ts'
import { settleProposals } from './offer-password.ts'
import { remindAwaiting } from './remind.ts'
import { watchPasswords } from './watch-passwords.ts'

const dayMs = 86_400_000
const erasedAtOnce = 5_000
/** No change of a password takes that long; what is older was left behind. */
const strandedMs = 10 * 60_000

/** Once at the start, before anybody is served: decides what the last stop of the gateway left open. */
export async function recover(context: Context): Promise<void> {
  await settleProposals(context)
  await context.store.change(system, async (change) => {
    change.quiet('recovery')
    await expireIdempotent(change.trx, change.now, true)
  })
}

/** Every few minutes: forgets what has ended, also in the files, and reminds people of what is awaited. */
export async function tidyUp(context: Context): Promise<void> {
  await settleProposals(context, strandedMs)
  await context.store.change(system, async (change) => {
    change.quiet('forgetting what has ended')
    const { trx, now } = change
    for (const { connectionId, userId } of await expirePending(trx, now))
      change.event({
        type: 'password_undelivered',
        user: userId,
        connection: connectionId,
        detail: 'Not delivered in 72 hours.',
      })
    await expireFresh(trx, now)
    await deleteEndedSessions(trx, now)
    await deleteEndedSteps(trx, now)
    await deleteEndedLinks(trx, now)
    await deleteEndedEntries(trx, now)
    await deleteEndedPrograms(trx, now)
    await deleteEndedAuthorizations(trx, now)
    await expireIdempotent(trx, now)
    await expireAttempts(trx, { addresses: now - dayMs, accounts: now - 30 * dayMs })
    await erasePastImages(trx, now - keptForMs)
    await erasePastTombstones(trx, now)
    await forgetMails(trx, now - 90 * dayMs, now - 3 * dayMs)
    await purgeLetGo(trx)
  })
  await remindAwaiting(context)
  await watchPasswords(context)
  await eraseOldEvents(context)
  context.store.checkpoint()
}

/** In parts, so that nobody waits long for the store. Each part leaves an event that says where the chain begins now. */
async function eraseOldEvents({ store, settings }: Context): Promise<void> {
  for (let more = true; more; ) {
    more = await store.change(system, async (change) => {
      const before = change.now - settings.retainEventDays * dayMs
      const erased = await eraseEvents(change.trx, { before, limit: erasedAtOnce })
      if (erased !== null) change.event(erased)
      return erased !== null
    })
  }
}
