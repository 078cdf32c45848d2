import { type Attribute, attributeNames } from '@lockstep/shared/contract/attributes'
import { AccountId } from '@lockstep/shared/contract/ids'
import { z } from 'zod'
import type { ObservedAccount } from '../domain/account.ts'
import { fromGraph } from './attributes.ts'

const text = z.string().nullish()

/** A user as Graph answers; only what we read, and anything may be absent on a delta page. */
export const GraphUser = z.looseObject({
  id: AccountId,
  userPrincipalName: text,
  mail: text,
  proxyAddresses: z.array(z.string()).nullish(),
  accountEnabled: z.boolean().nullish(),
  lastPasswordChangeDateTime: text,
  onPremisesSyncEnabled: z.boolean().nullish(),
  onPremisesImmutableId: text,
  userType: text,
  isManagementRestricted: z.boolean().nullish(),
  createdDateTime: text,
  assignedLicenses: z.array(z.looseObject({ skuId: z.string().toLowerCase() })).nullish(),
  passwordPolicies: text,
  manager: z.looseObject({ id: AccountId }).nullish(),
  'manager@delta': z.array(z.looseObject({ id: AccountId, '@removed': z.unknown().optional() })).nullish(),
  '@removed': z.object({ reason: z.string() }).optional(),
})
export type GraphUser = z.infer<typeof GraphUser>

export const Page = z.looseObject({
  value: z.array(z.unknown()),
  '@odata.nextLink': z.string().optional(),
  '@odata.deltaLink': z.string().optional(),
})

const Inner = z.looseObject({
  code: z.string().optional().catch(undefined),
  'request-id': z.string().optional().catch(undefined),
})

export const ErrorBody = z.looseObject({
  error: z.looseObject({
    code: z.string().catch(''),
    message: z.string().catch(''),
    details: z
      .array(z.looseObject({ code: z.string().optional(), target: z.string().optional() }))
      .nullish()
      .catch(null),
    innerError: Inner.nullish().catch(null),
    // Some services of Microsoft spell it so.
    innererror: Inner.nullish().catch(null),
  }),
})

export const BatchAnswer = z.looseObject({
  responses: z.array(
    z.looseObject({
      id: z.coerce.string(),
      status: z.number().int(),
      headers: z.record(z.string(), z.coerce.string()).nullish(),
      body: z.unknown().optional(),
    }),
  ),
})

export const Domain = z.looseObject({
  id: z.string(),
  isVerified: z.boolean().nullish(),
  isDefault: z.boolean().nullish(),
  isInitial: z.boolean().nullish(),
  authenticationType: z.string().nullish(),
  passwordValidityPeriodInDays: z.number().nullish(),
})

export const Organization = z.looseObject({
  id: z.string(),
  displayName: z.string().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
})

/**
 * What a page told about an account: absent is "not told", null is "empty". `first` is true on the pages of a round from
 * the beginning, where a property that is not told was never set ("List users delta", read 2026-11-23).
 */
export type PartialObservation = { id: AccountId; first?: true } & Partial<
  Omit<ObservedAccount, 'id' | 'attributes'>
> & {
    attributes: Partial<Record<Attribute, string | null>>
  }

const instant = (value: string | null | undefined) => {
  if (value == null) return null
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : at
}

/** Reads one item of a page. */
export function observe(user: GraphUser, first = false): PartialObservation {
  const seen: PartialObservation = { id: user.id, ...(first && { first }), attributes: fromGraph(user) }
  if (user.userPrincipalName != null) seen.userPrincipalName = user.userPrincipalName
  if (user.mail !== undefined) seen.mail = user.mail
  if (user.proxyAddresses !== undefined) seen.addresses = addressesOf(user.proxyAddresses ?? [])
  if (user.accountEnabled != null) seen.enabled = user.accountEnabled
  if (user.onPremisesImmutableId !== undefined) seen.immutableId = user.onPremisesImmutableId
  const foreign = user.userType === 'Guest' || (user.userPrincipalName ?? '').toLowerCase().includes('#ext#')
  // One of the two alone can make a guest, but only both together can say that it is none.
  if (foreign || (user.userType !== undefined && user.userPrincipalName !== undefined)) seen.guest = foreign
  if (user.onPremisesSyncEnabled !== undefined) seen.synced = user.onPremisesSyncEnabled === true
  if (user.isManagementRestricted !== undefined) seen.restricted = user.isManagementRestricted === true
  if (user.lastPasswordChangeDateTime !== undefined) seen.passwordChangedAt = instant(user.lastPasswordChangeDateTime)
  const manager = managerOf(user)
  if (manager !== undefined) seen.manager = manager
  if (user.passwordPolicies !== undefined) seen.passwordPolicies = user.passwordPolicies || null
  if (user.createdDateTime !== undefined) seen.createdAt = instant(user.createdDateTime)
  if (user.assignedLicenses !== undefined) {
    seen.licences = [...new Set((user.assignedLicenses ?? []).map(({ skuId }) => skuId))].sort()
    seen.licensed = seen.licences.length > 0
  }
  return seen
}

/** Undefined where nothing is told of a manager. */
function managerOf(user: GraphUser): AccountId | null | undefined {
  const told = user['manager@delta']
  if (told == null) return user.manager?.id
  return told.findLast((link) => link['@removed'] === undefined)?.id ?? null
}

/** Primary address first, all in lower case. */
function addressesOf(proxyAddresses: readonly string[]): string[] {
  const smtp = proxyAddresses.filter((address) => /^smtp:/i.test(address))
  const primaryFirst = [...smtp].sort((a, b) => Number(b.startsWith('SMTP:')) - Number(a.startsWith('SMTP:')))
  return primaryFirst.map((address) => address.slice(5).toLowerCase())
}

/**
 * What we knew, with what we were told on top. Null when too little is known to speak of the account: it has to be read by
 * id, since a page that tells a part of it could hide that it is a guest or synced.
 */
export function merge(before: ObservedAccount | null, told: PartialObservation): ObservedAccount | null {
  const { first, ...values } = told
  if (before !== null) return { ...before, ...values, attributes: { ...before.attributes, ...told.attributes } }
  if (first !== true || told.userPrincipalName === undefined || told.enabled === undefined) return null
  return complete(told, told.userPrincipalName, told.enabled)
}

/** An account in an answer that was asked for every property: what is absent was never set. */
export const WholeUser = GraphUser.transform((user, context): ObservedAccount => {
  const told = observe(user)
  if (told.userPrincipalName !== undefined && told.enabled !== undefined)
    return complete(told, told.userPrincipalName, told.enabled)
  context.issues.push({
    code: 'custom',
    input: user,
    message: 'lacks its name or state',
    path: [told.enabled === undefined ? 'accountEnabled' : 'userPrincipalName'],
  })
  return z.NEVER
})

function complete(told: PartialObservation, userPrincipalName: string, enabled: boolean): ObservedAccount {
  const attributes = Object.fromEntries(attributeNames.map((name) => [name, told.attributes[name] ?? null]))
  return {
    id: told.id,
    userPrincipalName,
    mail: told.mail ?? null,
    addresses: told.addresses ?? [],
    enabled,
    immutableId: told.immutableId ?? null,
    guest: told.guest ?? false,
    synced: told.synced ?? false,
    restricted: told.restricted ?? false,
    licensed: told.licensed ?? false,
    licences: told.licences ?? [],
    attributes: attributes as ObservedAccount['attributes'],
    manager: told.manager ?? null,
    passwordPolicies: told.passwordPolicies ?? null,
    passwordChangedAt: told.passwordChangedAt ?? null,
    createdAt: told.createdAt ?? null,
  }
}
