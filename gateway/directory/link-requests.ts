import { type Actor, system } from '../domain/actor.ts'
import { linkLifeMs, resetLinksAtOnce } from '../domain/link.ts'
import { stepOf } from '../domain/user-flow.ts'
import { insertLinkRequest, type LinkRequestRow, listLinkRequests, takeLinkRequest } from '../store/link-requests.ts'
import { countLinks } from '../store/links.ts'
import type { Change } from '../store/store.ts'
import { findUserByEmail } from '../store/users.ts'
import { attemptKeys, countStranger } from './attempts.ts'
import { carryOut } from './carry-out.ts'
import type { Context } from './context.ts'
import { tell } from './send-mails.ts'
import { standingOf } from './state.ts'

const atOnce = 50

/**
 * Somebody forgot the password. Nobody is looked up here: what is answered, and how soon, is the same for everybody.
 * Problem `too_many_requests`, by the caller's address alone.
 */
export async function requestLink(
  context: Context,
  _actor: Actor | null,
  input: { email: string; address: string | null },
): Promise<void> {
  const email = input.email.trim().toLowerCase()
  await context.store.change(system, async (change) => {
    change.quiet('who asked, and whether anybody did, is decided later')
    await countStranger(change, attemptKeys(context, email, input.address))
    const request = { id: context.runtime.newId(), email, reason: 'forgot', created_at: change.now } as const
    await insertLinkRequest(change.trx, request)
  })
}

/** Writes the mails to those among the requests who exist and may sign in. Returns how many requests were open. */
export async function answerLinkRequests(context: Context): Promise<number> {
  const requests = await listLinkRequests(context.store.db, atOnce)
  for (const request of requests) await answer(context, request)
  return requests.length
}

async function answer(context: Context, request: LinkRequestRow): Promise<void> {
  await context.store.change(system, async (change) => {
    change.quiet('nobody is told anything')
    if (!(await takeLinkRequest(change.trx, request.id))) return
    const user = await findUserByEmail(change.trx, request.email)
    if (user === undefined) return
    if (request.reason === 'locked') return await tellLocked(context, change, user)
    const since = change.now - linkLifeMs.reset
    if ((await countLinks(change.trx, user.id, 'reset', since)) >= resetLinksAtOnce) return
    const step = stepOf(await standingOf(change.trx, user), { act: 'send_link', purpose: 'reset' })
    if (step !== null) await carryOut(context, change, user, step, { cause: 'forgot' })
  })
}

type Person = NonNullable<Awaited<ReturnType<typeof findUserByEmail>>>

async function tellLocked(context: Context, change: Change, user: Person): Promise<void> {
  change.event({
    type: 'login_lock',
    outcome: 'failure',
    user: user.id,
    detail:
      'Wrong passwords a hundred times in a row: only browsers that are known get in until the password is reset.',
  })
  if (user.state !== 'active') return
  await tell(context, change.trx, user, { kind: 'locked', values: {} })
}
