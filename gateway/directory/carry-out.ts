import type { Step } from '../domain/user-flow.ts'
import { activationMail, type MailBody, passwordChangedMail, resetMail, welcomeMail } from '../mail/templates.ts'
import type { NewEvent } from '../store/events.ts'
import { deleteLinksOf } from '../store/links.ts'
import { deleteSessionsOf } from '../store/sessions.ts'
import type { Change } from '../store/store.ts'
import type { UserRow } from '../store/users.ts'
import type { Context } from './context.ts'
import { makeLink } from './make-link.ts'
import { holdPasswords } from './mark-dirty.ts'
import { releaseKept } from './release-kept.ts'
import { queueMailTo } from './send-mails.ts'

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
  const body = await write(context, change, user, step.mail)
  await queueMailTo(change.trx, context.runtime, user, body, everyAddress)
}

async function write(
  context: Context,
  change: Change,
  user: UserRow,
  mail: NonNullable<Step['mail']>,
): Promise<MailBody> {
  const { settings } = context
  const name = user.display_name
  switch (mail) {
    case 'activation':
      return activationMail(settings, { name, link: await makeLink(context, change, user, 'activation') })
    case 'reset':
      return resetMail(settings, { name, link: await makeLink(context, change, user, 'reset') })
    case 'welcome':
      return welcomeMail(settings, { name, email: user.email })
    case 'password_changed': {
      const at = `${new Date(change.now).toISOString().slice(0, 16).replace('T', ' ')} UTC`
      return passwordChangedMail(settings, { name, at })
    }
  }
}
