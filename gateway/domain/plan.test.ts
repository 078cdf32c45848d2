import { attributeNames } from '@lockstep/shared/contract/attributes'
import type { AccountId, UserId } from '@lockstep/shared/contract/ids'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Attributes, ObservedAccount } from './account.ts'
import { type Desired, immutableIdOf } from './desire.ts'
import type { Operation } from './operation.ts'
import { baselineOf, plan, type Target } from './plan.ts'

const nothing = Object.fromEntries(attributeNames.map((name) => [name, null])) as Attributes
const anaId = 'ana' as UserId
const accountId = '11111111-1111-4111-8111-111111111111' as AccountId

const attributes = (some: Partial<Attributes> = {}): Attributes => ({ ...nothing, displayName: 'Ana Berg', ...some })

const ana = (some: Partial<Desired> = {}): Desired => ({
  userId: anaId,
  accountId,
  email: 'ana@contoso.example',
  immutableId: immutableIdOf(anaId),
  attributes: attributes(),
  manager: null,
  heldBack: false,
  modes: {},
  unmapped: [],
  presence: { kind: 'enabled' },
  leaving: null,
  mode: 'fill_empty',
  baseline: null,
  driftPolicy: 'notify',
  repair: [],
  returning: false,
  passwordVersion: null,
  enableFound: false,
  overrideProtected: false,
  named: false,
  ...some,
})

const account = (some: Partial<ObservedAccount> = {}): ObservedAccount => ({
  id: accountId,
  userPrincipalName: 'ana@contoso.example',
  mail: null,
  addresses: [],
  enabled: true,
  immutableId: null,
  guest: false,
  synced: false,
  restricted: false,
  attributes: attributes(),
  manager: null,
  passwordPolicies: 'DisablePasswordExpiration',
  passwordChangedAt: null,
  createdAt: null,
  ...some,
})

type Held = Extract<Target, { kind: 'bound' | 'matched' }>
const bound = (some: Partial<ObservedAccount> = {}, more: Partial<Held> = {}): Target => ({
  kind: 'bound',
  account: account(some),
  protection: null,
  blockedBy: null,
  revokeDue: false,
  ...more,
})
const settled = (some: Partial<Desired> = {}): Desired => {
  const desired = ana(some)
  return { ...desired, baseline: some.baseline ?? baselineOf(desired, []) }
}
const kinds = (operations: readonly Operation[]) => operations.map((operation) => operation.kind)

describe('what a plan does', () => {
  const cases: [string, Desired, Target, string[], string][] = [
    ['nobody there: the account is provisioned', ana({ accountId: null }), { kind: 'none' }, ['provision'], 'work'],
    [
      'nobody there and suspended: nothing is created',
      ana({ accountId: null, presence: { kind: 'blocked', cause: 'suspended' } }),
      { kind: 'none' },
      [],
      'in_step',
    ],
    ['both alike: nothing to do', settled(), bound(), [], 'in_step'],
    ['a waiting password is set', settled({ passwordVersion: 7 }), bound(), ['set_password'], 'work'],
    [
      'a waiting password does not reach a suspended account',
      settled({ passwordVersion: 7, presence: { kind: 'blocked', cause: 'suspended' } }),
      bound(),
      ['deprovision'],
      'work',
    ],
    [
      'a suspended user is blocked',
      settled({ presence: { kind: 'blocked', cause: 'suspended' } }),
      bound(),
      ['deprovision'],
      'work',
    ],
    [
      'what is blocked already is left alone',
      settled({ presence: { kind: 'blocked', cause: 'suspended' } }),
      bound({ enabled: false }),
      [],
      'in_step',
    ],
    [
      'our own block is lifted when no cause remains',
      settled(),
      bound({ enabled: false }, { blockedBy: 'suspended' }),
      ['reprovision'],
      'work',
    ],
    ["somebody else's block is never lifted", settled(), bound({ enabled: false }), [], 'in_step'],
    [
      'an account found disabled stays disabled at a takeover',
      ana(),
      bound({ enabled: false }, { kind: 'matched' }),
      ['take_over'],
      'work',
    ],
    [
      'an account found disabled is enabled when an admin ticked it',
      ana({ enableFound: true }),
      bound({ enabled: false }, { kind: 'matched' }),
      ['take_over', 'reprovision'],
      'work',
    ],
    ['unbinding blocks the account', settled({ leaving: 'block' }), bound(), ['deprovision'], 'work'],
    ['unbinding with keep writes nothing', settled({ leaving: 'keep' }), bound(), [], 'left'],
    [
      'an unbound account that is blocked is let go',
      settled({ leaving: 'block' }),
      bound({ enabled: false }),
      [],
      'left',
    ],
    ['a deleted account is reported, not created again', settled(), { kind: 'missing' }, [], 'missing'],
    [
      'two accounts are a conflict, never the first one',
      ana(),
      { kind: 'conflict', accountIds: [accountId] },
      [],
      'conflict',
    ],
    [
      'a protected account is not touched',
      settled({ passwordVersion: 7 }),
      bound({}, { protection: 'privileged_role' }),
      [],
      'protected',
    ],
    [
      'an override reaches a protected account',
      settled({ passwordVersion: 7, overrideProtected: true }),
      bound({}, { protection: 'privileged_role' }),
      ['set_password'],
      'work',
    ],
    [
      'a protected account is let go without a block',
      settled({ leaving: 'block' }),
      bound({}, { protection: 'privileged_role' }),
      [],
      'left',
    ],
  ]
  test.each(cases)('%s', (_, desired, target, expected, verdict) => {
    const result = plan(desired, target)
    expect(kinds(result.operations)).toEqual(expected)
    expect(result.verdict).toBe(verdict)
  })
})

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

describe('an account that is made disabled until activation', () => {
  const staged: Partial<Desired> = { heldBack: true }
  const off = { enabled: false }

  test('is disabled by us, stays so while the person is staged, and is enabled then', () => {
    const [made] = plan(ana({ accountId: null, ...staged }), { kind: 'none' }).operations
    expect(made).toMatchObject({ account: { enabled: false } })
    expect(plan(settled(staged), bound(off, { blockedBy: 'staged' })).operations).toEqual([])
    expect(plan(settled(), bound(off, { blockedBy: 'staged' })).operations).toMatchObject([
      { kind: 'reprovision', reason: 'activated' },
    ])
  })

  test('is known as ours when the answer to its create was lost; anybody else’s disabled account is not', () => {
    const own = { ...off, immutableId: immutableIdOf(anaId) }
    const found = (some: Partial<ObservedAccount>, desired = ana(staged)) =>
      plan(desired, bound(some, { kind: 'matched' })).operations[0]
    expect(found(own)).toMatchObject({ kind: 'take_over', blockedBy: 'staged' })
    expect(found(off)).not.toHaveProperty('blockedBy')
    expect(found(own, ana())).not.toHaveProperty('blockedBy')
  })

  test('an existing account of somebody staged is left as it is', () => {
    expect(kinds(plan(settled(staged), bound()).operations)).toEqual([])
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
    const desired = ana({ mode: 'ours_win', attributes: { ...nothing, displayName: 'Ana Berg' } })
    const target = bound({ attributes: attributes({ usageLocation: 'AT' }) }, { kind: 'matched' })
    expect(changes(desired, target)).toEqual([])
  })

  test('the case of an address is no difference', () => {
    expect(plan(settled(), bound({ userPrincipalName: 'Ana@Contoso.example' })).verdict).toBe('in_step')
  })
})

describe('properties', () => {
  const text = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null })
  const anyAttributes = fc
    .record({ displayName: fc.constantFrom('A', 'B'), city: text, jobTitle: text, usageLocation: text })
    .map((some) => attributes(some))
  const anyDesired = fc
    .record({
      attributes: anyAttributes,
      presence: fc.constantFrom<Desired['presence'][]>({ kind: 'enabled' }, { kind: 'blocked', cause: 'suspended' }),
      leaving: fc.constantFrom<Desired['leaving'][]>(null, null, 'block', 'keep'),
      mode: fc.constantFrom<Desired['mode'][]>('fill_empty', 'ours_win'),
      driftPolicy: fc.constantFrom<Desired['driftPolicy'][]>('notify', 'enforce'),
      enableFound: fc.boolean(),
      before: fc.option(anyAttributes, { nil: null }),
    })
    .map(({ before, ...some }) =>
      ana({ ...some, baseline: before === null ? null : baselineOf(ana({ attributes: before }), []) }),
    )
  const anyTarget = fc
    .record({
      kind: fc.constantFrom<('bound' | 'matched')[]>('bound', 'matched'),
      enabled: fc.boolean(),
      attributes: anyAttributes,
      blockedBy: fc.constantFrom<Held['blockedBy'][]>(null, 'suspended', 'unbound'),
      protection: fc.constantFrom<Held['protection'][]>(null, null, 'privileged_role', 'unknown'),
    })
    .map(({ kind, protection, blockedBy, ...some }) =>
      bound(some, { kind, protection, blockedBy: some.enabled ? null : blockedBy }),
    )

  /** What the tenant would be after the operations. */
  const apply = (target: Held, operations: readonly Operation[]): Held => {
    let { account: after, blockedBy } = target
    for (const operation of operations) {
      if (operation.kind === 'deprovision') [after, blockedBy] = [{ ...after, enabled: false }, 'suspended']
      if (operation.kind === 'reprovision') [after, blockedBy] = [{ ...after, enabled: true }, null]
      if (operation.kind !== 'take_over' && operation.kind !== 'update') continue
      for (const change of operation.changes) {
        after = { ...after, attributes: { ...after.attributes, [change.attribute]: change.after } }
      }
    }
    return { ...target, kind: 'bound', account: after, blockedBy }
  }

  test('planning again after applying gives nothing', () => {
    fc.assert(
      fc.property(anyDesired, anyTarget, (desired, target) => {
        const first = plan(desired, target)
        fc.pre(first.verdict !== 'left')
        const after = apply(target as Held, first.operations)
        const again = plan({ ...desired, baseline: baselineOf(desired, first.drift) }, after)
        expect(kinds(again.operations)).toEqual([])
      }),
    )
  })

  test('no plan enables what we did not block, unless an admin ticked it', () => {
    fc.assert(
      fc.property(anyDesired, anyTarget, (desired, target) => {
        const held = target as Held
        fc.pre(held.blockedBy === null && !desired.enableFound)
        expect(kinds(plan(desired, target).operations)).not.toContain('reprovision')
      }),
    )
  })

  test('no plan enables the account of somebody who is leaving or suspended', () => {
    fc.assert(
      fc.property(anyDesired, anyTarget, (desired, target) => {
        fc.pre(desired.leaving !== null || desired.presence.kind === 'blocked')
        expect(kinds(plan(desired, target).operations)).not.toContain('reprovision')
      }),
    )
  })

  test('no plan touches a protected account without an override', () => {
    fc.assert(
      fc.property(anyDesired, anyTarget, (desired, target) => {
        fc.pre((target as Held).protection !== null)
        expect(plan(desired, target).operations).toEqual([])
      }),
    )
  })
})
