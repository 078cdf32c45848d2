import type { AccountId } from '@lockstep/shared/contract/ids'
import { describe, expect, test } from 'vitest'
import type { Desired } from './desire.ts'
import { baselineOf, plan, type Target } from './plan.ts'
import { noAttributes } from './testing.ts'
import { ana, attributes, bound, settled } from './testing-plan.ts'

describe('how an attribute follows', () => {
  const city = (ours: string | null, met?: string | null): Partial<Desired> => ({
    attributes: attributes({ city: ours }),
    ...(met !== undefined && { baseline: { ...settled().baseline, city: { ours: met, theirs: met } } }),
  })
  const cases: [string, 'push' | 'fill' | 'ignore', Partial<Desired>, string | null, string | null, boolean][] = [
    ['push follows the directory', 'push', city('Graz', 'Linz'), 'Linz', 'Graz', false],
    ['push empties what the directory emptied', 'push', city(null, 'Linz'), 'Linz', null, false],
    ['push tells of a change there', 'push', city('Graz', 'Graz'), 'Linz', 'Linz', true],
    ['fill writes where there is nothing', 'fill', city('Graz', null), null, 'Graz', false],
    ['fill leaves a value there alone', 'fill', city('Graz', null), 'Linz', 'Linz', false],
    ['fill writes once', 'fill', city('Graz', 'Graz'), null, null, false],
    ['fill does not follow', 'fill', city('Graz', 'Linz'), 'Linz', 'Linz', false],
    ['fill empties nothing', 'fill', city(null, 'Linz'), 'Linz', 'Linz', false],
    ['ignore writes nothing', 'ignore', city('Graz', 'Linz'), null, null, false],
    ['ignore tells of nothing', 'ignore', city('Graz', 'Graz'), 'Linz', 'Linz', false],
  ]
  test.each(cases)('%s', (_, mode, some, theirs, after, told) => {
    const desired = settled({ ...some, modes: { city: mode } })
    const result = plan(desired, bound({ attributes: attributes({ city: theirs }) }))
    const written = result.operations.flatMap(({ changes }) => changes).find(({ attribute }) => attribute === 'city')
    expect(written === undefined ? theirs : written.after).toBe(after)
    expect(result.drift.some(({ attribute }) => attribute === 'city')).toBe(told)
  })

  test('what is ignored for a time is compared with what was known before', () => {
    const met = { city: { ours: 'Graz', theirs: 'Graz' } }
    expect(baselineOf(ana({ modes: { city: 'ignore' }, baseline: met }), []).city).toEqual(met.city)
    expect(baselineOf(ana({ modes: { city: 'ignore' } }), []).city).toBeUndefined()
  })

  test('an account is created with what is filled and pushed, and with a name in any case', () => {
    const modes = { city: 'fill', jobTitle: 'ignore', displayName: 'ignore' } as const
    const made = attributes({ displayName: null, city: 'Graz', jobTitle: 'Nurse' })
    const [operation] = plan(ana({ accountId: null, modes, attributes: made }), { kind: 'none' }).operations
    expect(operation).toMatchObject({
      account: { attributes: { displayName: 'ana@contoso.example', city: 'Graz', jobTitle: null } },
    })
    expect(operation?.changes.map(({ attribute }) => attribute)).not.toContain('jobTitle')
  })
})

describe('the manager', () => {
  const [boss, other] = ['boss', 'other'] as [AccountId, AccountId]
  const met = (manager: AccountId | null) => ({ ...settled().baseline, manager: { ours: manager, theirs: manager } })
  const cases: [string, Partial<Desired>, AccountId | null, AccountId | null, boolean][] = [
    ['follows the directory', { manager: boss, baseline: met(other) }, other, boss, false],
    ['is cleared when the directory clears it', { manager: null, baseline: met(boss) }, boss, null, false],
    ['is waited for while there is no account', { manager: null, modes: { manager: 'ignore' } }, other, other, false],
    ['stays where the directory never knew one', { manager: null, mode: 'ours_win' }, other, other, false],
    ['is told of when somebody there changed it', { manager: boss, baseline: met(boss) }, other, other, true],
  ]
  test.each(cases)('%s', (_, some, theirs, after, told) => {
    const result = plan(settled(some), bound({ manager: theirs }))
    const written = result.operations.flatMap(({ changes }) => changes).find(({ attribute }) => attribute === 'manager')
    expect(written === undefined ? theirs : written.after).toBe(after)
    expect(result.drift.some(({ attribute }) => attribute === 'manager')).toBe(told)
  })

  test('of a new account follows once it is there', () => {
    const [made] = plan(ana({ accountId: null, manager: boss }), { kind: 'none' }).operations
    expect(made).toMatchObject({ kind: 'provision', next: [{ attribute: 'manager', before: null, after: boss }] })
    expect(made?.changes.map(({ attribute }) => attribute)).not.toContain('manager')
  })
})

describe('a password that never expires at the tenant', () => {
  const expires = (policies: string | null, some: Partial<Desired> = {}) =>
    plan(settled({ modes: { passwordPolicies: 'push' }, ...some }), bound({ passwordPolicies: policies }))
  const unmet: Partial<Desired> = { baseline: {} }
  const changesOf = (result: ReturnType<typeof plan>) => result.operations.flatMap(({ changes }) => changes)

  test.each([
    [null, 'DisablePasswordExpiration'],
    ['None', 'DisablePasswordExpiration'],
    ['DisableStrongPassword', 'DisablePasswordExpiration, DisableStrongPassword'],
  ])('is written beside the other policies of %s', (before, after) => {
    expect(changesOf(expires(before, unmet))).toContainEqual({ attribute: 'passwordPolicies', before, after })
  })

  test.each(['DisablePasswordExpiration', 'DisableStrongPassword, DisablePasswordExpiration'])(
    'leaves %s as it is',
    (policies) => {
      const result = expires(policies)
      expect(result).toMatchObject({ operations: [], drift: [] })
      expect(changesOf(expires(policies, unmet)).map(({ attribute }) => attribute)).not.toContain('passwordPolicies')
    },
  )

  test('is told when somebody there took it off, and written again where drift is enforced', () => {
    expect(expires('None')).toMatchObject({ operations: [], drift: [{ attribute: 'passwordPolicies' }] })
    expect(changesOf(expires('None', { driftPolicy: 'enforce' }))).toMatchObject([{ attribute: 'passwordPolicies' }])
  })

  test('is left to the tenant when an admin says so', () => {
    expect(expires(null, { ...unmet, modes: { passwordPolicies: 'ignore' } }).drift).toEqual([])
    const [made] = plan(ana({ accountId: null, modes: { passwordPolicies: 'ignore' } }), { kind: 'none' }).operations
    expect(made).toMatchObject({ account: { passwordPolicies: null } })
  })
})

describe('attributes', () => {
  const changes = (desired: Desired, target: Target) =>
    plan(desired, target).operations.flatMap((operation) => operation.changes)

  test('a takeover fills only what is empty there', () => {
    const desired = ana({ attributes: attributes({ jobTitle: 'Engineer', city: 'Graz' }) })
    const target = bound({ attributes: attributes({ city: 'Wien' }) }, { kind: 'matched' })
    expect(changes(desired, target)).toEqual([{ attribute: 'jobTitle', before: null, after: 'Engineer' }])
  })

  test('a takeover where ours wins replaces what differs and clears what we do not have', () => {
    const desired = ana({ mode: 'ours_win', attributes: attributes({ city: 'Graz' }) })
    const target = bound({ attributes: attributes({ city: 'Wien', jobTitle: 'Clerk' }) }, { kind: 'matched' })
    expect(changes(desired, target)).toEqual([
      { attribute: 'jobTitle', before: 'Clerk', after: null },
      { attribute: 'city', before: 'Wien', after: 'Graz' },
    ])
  })

  test('what we changed since the last reconciliation is pushed, also over their change', () => {
    const before = ana({ attributes: attributes({ city: 'Graz' }) })
    const desired = ana({ attributes: attributes({ city: 'Linz' }), baseline: baselineOf(before, []) })
    const target = bound({ attributes: attributes({ city: 'Wien' }) })
    expect(changes(desired, target)).toEqual([{ attribute: 'city', before: 'Wien', after: 'Linz' }])
  })

  test('what they changed is told as drift, and repaired only where the policy says so', () => {
    const desired = settled({ attributes: attributes({ city: 'Graz' }) })
    const target = bound({ attributes: attributes({ city: 'Wien' }) })
    expect(plan(desired, target)).toEqual({
      verdict: 'in_step',
      operations: [],
      drift: [{ attribute: 'city', ours: 'Graz', theirs: 'Wien' }],
    })
    const [repair] = plan({ ...desired, driftPolicy: 'enforce' }, target).operations
    expect(repair).toMatchObject({ kind: 'update', reason: 'drift_enforced' })
  })

  test('a difference accepted at the takeover is not repaired later, until we change our side', () => {
    const target = bound({ attributes: attributes({ city: 'Wien' }) })
    const desired = ana({ attributes: attributes({ city: 'Graz' }), driftPolicy: 'enforce' })
    const baseline = baselineOf(desired, plan(desired, target).drift)
    expect(plan({ ...desired, baseline }, target).operations).toEqual([])
    const moved = { ...desired, baseline, attributes: attributes({ city: 'Linz' }) }
    expect(changes(moved, target)).toEqual([{ attribute: 'city', before: 'Wien', after: 'Linz' }])
  })

  test('a name or usage location is never emptied', () => {
    const desired = ana({ mode: 'ours_win', attributes: { ...noAttributes, displayName: 'Ana Berg' } })
    const target = bound({ attributes: attributes({ usageLocation: 'AT' }) }, { kind: 'matched' })
    expect(changes(desired, target)).toEqual([])
  })

  test('the case of an address is no difference', () => {
    expect(plan(settled(), bound({ userPrincipalName: 'Ana@Contoso.example' })).verdict).toBe('in_step')
  })
})
