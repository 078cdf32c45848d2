import type { UserState } from '@lockstep/shared/contract/user'
import type { LinkPurpose } from './link.ts'

/*
 * The life of a person here, as one table of steps: what each act makes of the person, which one event it leaves, which
 * mail it sends, if any, and what becomes of a password that is at hand in plain text.
 */

/** A person as the flows see one; `none` is nobody yet. */
export type Standing = { state: UserState | 'none'; password: 'none' | 'set'; bound: boolean }

export type UserAct =
  | { act: 'create'; state: 'staged' | 'active'; password: 'none' | 'set'; mail: boolean }
  | { act: 'activate'; mail: boolean }
  | { act: 'set_password' | 'change_password' | 'set_by_link' | 'sign_in' | 'suspend' | 'resume' | 'delete' }
  /** By mail, or on a screen that the person stands before. */
  | { act: 'send_link' | 'show_link'; purpose: LinkPurpose }

export type Step = {
  state: UserState | 'deleted'
  event:
    | 'user_create'
    | 'user_activate'
    | 'user_suspend'
    | 'user_resume'
    | 'user_delete'
    | 'password_set'
    | 'password_change'
    | 'password_link_send'
    | 'password_link_show'
    | 'login_success'
  mail: 'activation' | 'welcome' | 'reset' | 'password_changed' | null
  /**
   * `send`: to every bound account at once. `send_missing`: to those that do not have it. `keep`: sealed until there is an
   * account that may have it. `send_kept`: what was kept goes now. `stop`: what is on its way is erased.
   */
  password: 'send' | 'send_missing' | 'keep' | 'send_kept' | 'stop' | 'none'
  sessions: 'go_on' | 'end'
  links: 'live' | 'die'
}

const quiet = { mail: null, password: 'none', sessions: 'go_on', links: 'live' } as const

/** What an act means for a person; null when it does not fit. */
export function stepOf(before: Standing, asked: UserAct): Step | null {
  if (asked.act === 'create') return before.state === 'none' ? created(asked) : null
  const { state } = before
  if (state === 'none') return null
  switch (asked.act) {
    case 'activate': {
      if (state !== 'staged') return null
      const mail = asked.mail ? invitation(before.password) : null
      return { ...quiet, state: 'active', event: 'user_activate', mail, password: 'send_kept', links: 'die' }
    }
    case 'suspend':
      if (state !== 'active') return null
      return { ...quiet, state: 'suspended', event: 'user_suspend', password: 'stop', sessions: 'end', links: 'die' }
    case 'resume':
      if (state !== 'suspended') return null
      return { ...quiet, state: 'active', event: 'user_resume', password: 'send_kept', links: 'die' }
    case 'delete':
      return { ...quiet, state: 'deleted', event: 'user_delete', password: 'stop', sessions: 'end', links: 'die' }
    case 'sign_in':
      if (state !== 'active' || before.password === 'none') return null
      return { ...quiet, state, event: 'login_success', password: 'send_missing' }
    case 'send_link':
    case 'show_link':
      if (state !== 'active' || (asked.purpose === 'activation' && before.password === 'set')) return null
      if (asked.act === 'show_link') return { ...quiet, state, event: 'password_link_show' }
      return { ...quiet, state, event: 'password_link_send', mail: asked.purpose }
    case 'set_password':
      return { ...withPassword(state, before), event: 'password_set', password: isReachable(before) ? 'send' : 'keep' }
    case 'change_password':
      if (before.password === 'none') return null
      return state === 'active' ? { ...withPassword(state, before), event: 'password_change' } : null
    case 'set_by_link':
      return state === 'active' ? { ...withPassword(state, before), event: 'password_change' } : null
  }
}

function created(asked: Extract<UserAct, { act: 'create' }>): Step {
  const mail = asked.mail && asked.state === 'active' ? invitation(asked.password) : null
  const password = asked.password === 'set' ? 'keep' : 'none'
  return { ...quiet, state: asked.state, event: 'user_create', mail, password }
}

/** Whoever has a password is told where to use it; whoever has none, how to choose one. */
const invitation = (password: Standing['password']) => (password === 'set' ? 'welcome' : 'activation')

/** Accounts of people who may not sign in here get no password of theirs. */
const isReachable = ({ state, bound }: Standing) => state === 'active' && bound

function withPassword(state: UserState, before: Standing): Omit<Step, 'event'> {
  return {
    state,
    // A first password replaces nothing, and who may not sign in is not asked whether it was them.
    mail: before.password === 'set' && before.state === 'active' ? 'password_changed' : null,
    password: isReachable(before) ? 'send' : 'none',
    sessions: 'end',
    links: 'die',
  }
}
