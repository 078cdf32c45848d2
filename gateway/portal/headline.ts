import type { Status } from './ports.ts'

/** What a person is to know at one glance, in the words of the home page. */
export type Headline =
  | 'blocked'
  | 'expired'
  | 'in_sync'
  | 'on_its_way'
  | 'two_passwords'
  | 'awaiting'
  | 'awaiting_change'
  | 'refused'
  | 'trouble'
  | 'unbound'

/** What needs somebody comes before what needs a moment. */
export function headlineOf({
  state,
  action,
  connections,
  password,
}: Pick<Status, 'state' | 'action' | 'connections' | 'password'>): Headline {
  if (password.blocked) return 'blocked'
  if (password.expired) return 'expired'
  switch (state) {
    case 'unbound':
    case 'in_sync':
      return state
    case 'failed':
      return action === 'change_password' ? 'refused' : 'trouble'
    case 'waiting':
      if (connections.some(({ password }) => password.state === 'drifted')) return 'two_passwords'
      if (action === 'sign_in') return 'awaiting'
      return action === 'change_password' ? 'awaiting_change' : 'on_its_way'
  }
}
