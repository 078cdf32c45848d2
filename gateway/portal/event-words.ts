import type { MessageKey } from '@lockstep/shared/messages/message'
import type { Status } from './ports.ts'

type Words = { success: MessageKey; failure?: MessageKey }

/** What a person reads of the own events; the others are for administrators. */
const words: Readonly<Record<string, Words>> = {
  login_success: { success: 'portal.event.login_success' },
  login_failure: { success: 'portal.event.login_failure', failure: 'portal.event.login_failure' },
  login_lock: { success: 'portal.event.login_lock', failure: 'portal.event.login_lock' },
  login_program: { success: 'portal.event.login_program' },
  login_end: { success: 'portal.event.login_end', failure: 'portal.event.login_end.failure' },
  password_change: { success: 'portal.event.password_change', failure: 'portal.event.password_change.failure' },
  password_set: { success: 'portal.event.password_set' },
  password_link_show: { success: 'portal.event.password_link_show' },
  password_link_send: { success: 'portal.event.password_link_send' },
  password_remind: { success: 'portal.event.password_remind', failure: 'portal.event.password_remind' },
  password_undelivered: { success: 'portal.event.password_undelivered' },
  password_warn: { success: 'portal.event.password_warn' },
  password_expire: { success: 'portal.event.password_expire' },
  password_expire_block: { success: 'portal.event.password_expire_block' },
  password_expire_release: { success: 'portal.event.password_expire_release' },
  user_password_update_provision: {
    success: 'portal.event.provisioned',
    failure: 'portal.event.provisioned.failure',
  },
  user_create: { success: 'portal.event.user_create' },
  user_activate: { success: 'portal.event.user_activate' },
  user_suspend: { success: 'portal.event.user_suspend' },
  user_resume: { success: 'portal.event.user_resume' },
  user_update: { success: 'portal.event.user_update' },
  binding_create: { success: 'portal.event.binding_create' },
  binding_delete: { success: 'portal.event.binding_delete' },
}

/** The words for an event; null for one that says nothing to the person. */
export function wordsOf({ type, outcome }: Pick<Status['events'][number], 'type' | 'outcome'>): MessageKey | null {
  const known = Object.hasOwn(words, type) ? words[type] : undefined
  if (outcome === 'success') return known?.success ?? null
  return outcome === 'failure' ? (known?.failure ?? null) : null
}
