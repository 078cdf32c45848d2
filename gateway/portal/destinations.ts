import type { SignedIn } from './ports.ts'

const reasons = ['change', 'reset', 'forced', 'expired', 'weak', 'route'] as const
export type Reason = (typeof reasons)[number]
export const readReason = (text: string | undefined): Reason => reasons.find((reason) => reason === text) ?? 'change'

/** Where a sign-in may lead, by name: an address from outside is never followed. */
export const destinations = {
  home: '/portal',
  password: '/portal/password',
  security: '/portal/security',
  admin: '/admin',
  device: '/oauth/device',
} as const
export type Destination = keyof typeof destinations
export const isDestination = (name: string): name is Destination => Object.hasOwn(destinations, name)

/** What a form or a link says about where to go on: a name, and for the provider the id of what it began. */
export type Onward = { to: string; reason: string; interaction: string }

/** The path that is meant; null: home. */
export function onwardPath({ to, reason, interaction }: Onward): string | null {
  if (/^[\w-]{8,64}$/.test(interaction)) return `/oauth/interaction/${interaction}`
  if (!isDestination(to) || to === 'home') return null
  return destinations[to] + (to === 'password' ? `?reason=${readReason(reason)}` : '')
}

/** Where a sign-in leads that is through: somebody who is to choose a password does so first. */
export function leadsTo(signedIn: Pick<SignedIn, 'sync' | 'mustChange'>, onward: string | null): string {
  if (onward?.startsWith('/oauth/interaction/')) return onward
  return onward === null || signedIn.mustChange !== null ? homeAfter(signedIn) : onward
}

/** Says at once what the sign-in has done at Microsoft 365. */
export function homeAfter({ sync, mustChange }: Pick<SignedIn, 'sync' | 'mustChange'>): string {
  if (mustChange !== null) return `/portal/password?reason=${mustChange}`
  if (sync.some(({ password }) => password === 'updated')) return '/portal?notice=updated'
  return '/portal'
}
