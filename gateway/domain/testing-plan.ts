import type { UserId } from '@lockstep/shared/contract/ids'
import type { Attributes, ObservedAccount } from './account.ts'
import { type Desired, immutableIdOf } from './desire.ts'
import { noLicences } from './licences.ts'
import type { Operation } from './operation.ts'
import { baselineOf, type Target } from './plan.ts'
import { noAttributes, testAccount, testAccountId } from './testing.ts'

export const anaId = 'ana' as UserId

export const attributes = (some: Partial<Attributes> = {}): Attributes => ({
  ...noAttributes,
  displayName: 'Ana Berg',
  ...some,
})

export const ana = (some: Partial<Desired> = {}): Desired => ({
  userId: anaId,
  accountId: testAccountId,
  email: 'ana@contoso.example',
  immutableId: immutableIdOf(anaId),
  attributes: attributes(),
  manager: null,
  heldBack: false,
  modes: {},
  unmapped: [],
  presence: { kind: 'enabled' },
  outOfScope: null,
  leaving: null,
  mode: 'fill_empty',
  baseline: null,
  driftPolicy: 'notify',
  repair: [],
  licences: noLicences,
  returning: false,
  passwordVersion: null,
  endPassword: false,
  enableFound: false,
  overrideProtected: false,
  named: false,
  ...some,
})

export const account = (some: Partial<ObservedAccount> = {}) =>
  testAccount({ attributes: attributes(), passwordPolicies: 'DisablePasswordExpiration', ...some })

export type Held = Extract<Target, { kind: 'bound' | 'matched' }>
export const bound = (some: Partial<ObservedAccount> = {}, more: Partial<Held> = {}): Target => ({
  kind: 'bound',
  account: account(some),
  protection: null,
  blockedBy: null,
  revokeDue: false,
  ...more,
})
export const settled = (some: Partial<Desired> = {}): Desired => {
  const desired = ana(some)
  return { ...desired, baseline: some.baseline ?? baselineOf(desired, []) }
}
export const kinds = (operations: readonly Operation[]) => operations.map((operation) => operation.kind)
