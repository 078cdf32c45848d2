import type { Binding, BindingPasswordState, BindingState } from '../contract/binding.ts'
import type { User } from '../contract/user.ts'
import { say } from '../messages/say.ts'
import type { Tone } from './status-badge.tsx'

export type Status = { tone: Tone; label: string }

const bindingTones: Readonly<Record<BindingState, Tone>> = {
  in_sync: 'in_sync',
  pending: 'waiting',
  out_of_sync: 'waiting',
  retrying: 'waiting',
  out_of_scope: 'quiet',
  unbinding: 'waiting',
  failed: 'failed',
  missing: 'failed',
}

const passwordTones: Readonly<Record<BindingPasswordState, Tone>> = {
  in_sync: 'in_sync',
  none: 'quiet',
  awaiting_login: 'waiting',
  pending: 'waiting',
  rejected: 'failed',
  drifted: 'failed',
}

/** The state of a binding in one word; what has drifted is not in sync, whatever else is. */
export function statusOfBinding(binding: Binding | null): Status {
  if (binding === null) return { tone: 'quiet', label: say('state.unbound') }
  if (binding.state === 'in_sync' && binding.drift.length > 0) return { tone: 'failed', label: say('state.drifted') }
  return { tone: bindingTones[binding.state], label: say(`state.${binding.state}`) }
}

export function statusOfPassword(state: BindingPasswordState | null): Status {
  if (state === null) return { tone: 'quiet', label: say('password.unbound') }
  return { tone: passwordTones[state], label: say(`password.${state}`) }
}

/** The state of a person in a list: the worst of their bindings, or what keeps them from having one. */
export function statusOfUser(user: User): Status {
  if (user.state !== 'active') return { tone: 'quiet', label: say(`state.${user.state}`) }
  const statuses = user.bindings.map(statusOfBinding)
  const worst = (['failed', 'waiting', 'in_sync'] as const).flatMap((tone) =>
    statuses.filter((status) => status.tone === tone),
  )[0]
  return worst ?? statusOfBinding(null)
}
