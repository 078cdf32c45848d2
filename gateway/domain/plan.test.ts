import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ObservedAccount } from './account.ts'
import { type Desired, immutableIdOf } from './desire.ts'
import type { Operation } from './operation.ts'
import { baselineOf, plan, type Target } from './plan.ts'
import { testAccountId } from './testing.ts'
import { ana, anaId, attributes, bound, type Held, kinds, settled } from './testing-plan.ts'

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
    ['the password from before ends', settled({ endPassword: true }), bound(), ['end_password'], 'work'],
    [
      'the own password ends the one from before by itself',
      settled({ endPassword: true, passwordVersion: 7 }),
      bound(),
      ['set_password'],
      'work',
    ],
    [
      'a waiting password does not reach a suspended account',
      settled({ passwordVersion: 7, presence: { kind: 'blocked', cause: 'suspended' } }),
      bound(),
      ['deprovision'],
      'work',
    ],
    [
      'whose password has expired is blocked, if an organisation wants it so',
      settled({ presence: { kind: 'blocked', cause: 'expired' } }),
      bound(),
      ['deprovision'],
      'work',
    ],
    [
      'and comes back with another one',
      settled({ passwordVersion: 7 }),
      bound({ enabled: false }, { blockedBy: 'expired' }),
      ['reprovision', 'set_password'],
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
      { kind: 'conflict', accountIds: [testAccountId] },
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

describe('properties', () => {
  const text = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null })
  const anyAttributes = fc
    .record({ displayName: fc.constantFrom('A', 'B'), city: text, jobTitle: text, usageLocation: text })
    .map((some) => attributes(some))
  const anyDesired = fc
    .record({
      attributes: anyAttributes,
      presence: fc.constantFrom<Desired['presence'][]>(
        { kind: 'enabled' },
        { kind: 'blocked', cause: 'suspended' },
        { kind: 'blocked', cause: 'expired' },
      ),
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
      blockedBy: fc.constantFrom<Held['blockedBy'][]>(null, 'suspended', 'unbound', 'expired'),
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
