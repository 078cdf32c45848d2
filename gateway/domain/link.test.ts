import { expect, test } from 'vitest'
import { type Link, linkIsAlive } from './link.ts'

const link: Link = { purpose: 'reset', credentialVersion: 3, endsAt: 1_000 }
const owner = { state: 'active', credentialVersion: 3 } as const

test.each([
  ['as it was made', link, owner, 999, true],
  ['at its end', link, owner, 1_000, false],
  ['for another purpose', { ...link, purpose: 'activation' } as const, owner, 0, false],
  ['after the password was changed', link, { ...owner, credentialVersion: 4 }, 0, false],
  ['of somebody suspended', link, { ...owner, state: 'suspended' } as const, 0, false],
  ['of somebody staged', link, { ...owner, state: 'staged' } as const, 0, false],
])('a reset link %s', (_, made, person, now, alive) => {
  expect(linkIsAlive(made, 'reset', person, now)).toBe(alive)
})
