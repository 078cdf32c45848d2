import type { SignedIn } from './ports.ts'

/** Where a sign-in may lead, by name: an address from outside is never followed. */
export const destinations = { home: '/portal', password: '/portal/password', admin: '/admin' } as const
export type Destination = keyof typeof destinations
export const isDestination = (name: string): name is Destination => Object.hasOwn(destinations, name)

/** Says at once what the sign-in has done at Microsoft 365. */
export function homeAfter({ sync, mustChange }: SignedIn): string {
  if (mustChange) return '/portal/password?reason=forced'
  if (sync.some(({ password }) => password === 'updated')) return '/portal?notice=updated'
  return '/portal'
}
