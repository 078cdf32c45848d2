import type { MailMessage } from '@lockstep/shared/messages/mail/mail-message'
import type { Step } from '../domain/user-flow.ts'
import type { NewEvent } from '../store/events.ts'
import { deleteLinksOf } from '../store/links.ts'
import { deleteSessionsOf } from '../store/sessions.ts'
import type { Change } from '../store/store.ts'
import type { UserRow } from '../store/users.ts'
import type { Context } from './context.ts'
import { makeLink } from './make-link.ts'
import { holdPasswords } from './mark-dirty.ts'
import { releaseKept } from './release-kept.ts'
import { tell } from './send-mails.ts'

type Told = Pick<NewEvent, 'cause' | 'changes' | 'detail'> & {
  /** The session that goes on where the others end. */
  keepSession?: string | undefined
  /** A letter that has to reach the person even if somebody else reads one of the mailboxes. */
  everyAddress?: boolean
}

/** What a step brings with it, in its own change: sessions, links, passwords on their way, one event, one mail at most. */
export async function carryOut(
  context: Context,
  change: Change,
  user: UserRow,
  step: Step,
  { keepSession, everyAddress = false, ...told }: Told = {},
): Promise<void> {
  if (step.sessions === 'end') await deleteSessionsOf(change.trx, user.id, keepSession)
  if (step.links === 'die') await deleteLinksOf(change.trx, user.id)
  if (step.password === 'stop') await holdPasswords(change, user.id)
  if (step.password === 'send_kept') await releaseKept(context, change, user)
  change.event({ type: step.event, user: user.id, ...told })
  if (step.mail === null) return
  await tell(context, change.trx, user, await messageOf(context, change, user, step.mail), everyAddress)
}

async function messageOf(
  context: Context,
  change: Change,
  user: UserRow,
  mail: NonNullable<Step['mail']>,
): Promise<MailMessage> {
  switch (mail) {
    case 'activation':
    case 'reset':
      return { kind: mail, values: {}, link: await makeLink(context, change, user, mail) }
    case 'welcome':
      return { kind: mail, values: { email: user.email } }
    case 'password_changed':
      return { kind: mail, values: { at: change.now } }
  }
}
