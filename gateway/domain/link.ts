import type { UserState } from '@lockstep/shared/contract/user'
import type { Instant } from './runtime.ts'

/** What a link in a mail lets a person do: choose the first password, or another one. */
export type LinkPurpose = 'activation' | 'reset'

/** How long a link works, in ms. */
export const linkLifeMs: Record<LinkPurpose, number> = { activation: 72 * 3_600_000, reset: 30 * 60_000 }

/** How many reset links a person can have at once; who asks for more has them in the mail already. */
export const resetLinksAtOnce = 3

export type Link = { purpose: LinkPurpose; credentialVersion: number; endsAt: Instant }

/** A link is for one purpose, and for the person as it was when the link was made. */
export function linkIsAlive(
  link: Link,
  purpose: LinkPurpose,
  owner: { state: UserState; credentialVersion: number },
  now: Instant,
): boolean {
  return (
    link.purpose === purpose &&
    now < link.endsAt &&
    owner.state === 'active' &&
    owner.credentialVersion === link.credentialVersion
  )
}
