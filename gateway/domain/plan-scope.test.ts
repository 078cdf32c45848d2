import { expect, test } from 'vitest'
import { type LicenceWish, noLicences } from './licences.ts'
import type { Operation } from './operation.ts'
import { plan, type Target } from './plan.ts'
import { bound, kinds, settled } from './testing-plan.ts'

const out = (outOfScope: 'block' | 'keep' | null, more: Parameters<typeof settled>[0] = {}) =>
  settled({ email: 'new@contoso.example', passwordVersion: 2, ...more, outOfScope })

const given = (standing: LicenceWish['standing']): LicenceWish => ({
  ...noLicences,
  ours: ['e3'],
  agreed: ['e3'],
  standing,
})

const cases: [string, ReturnType<typeof out>, Target, Operation['kind'][]][] = [
  ['who leaves is blocked, and nothing else is followed', out('block'), bound(), ['deprovision']],
  ['an account that is to be kept stays as it is', out('keep'), bound(), []],
  ['who was blocked already stays so', out('block'), bound({ enabled: false }, { blockedBy: 'out_of_scope' }), []],
  [
    'sessions that were not ended are ended',
    out('block'),
    bound({ enabled: false }, { blockedBy: 'out_of_scope', revokeDue: true }),
    ['revoke_sessions'],
  ],
  [
    'our own block is lifted once accounts are to be kept',
    out('keep'),
    bound({ enabled: false }, { blockedBy: 'out_of_scope' }),
    ['reprovision'],
  ],
  [
    'licences of who has been out long enough end',
    out('block', { licences: given('end') }),
    bound({ enabled: false, licences: ['e3', 'theirs'] }, { blockedBy: 'out_of_scope' }),
    ['licence'],
  ],
  [
    'until then they stay',
    out('block', { licences: given('keep') }),
    bound({ enabled: false, licences: ['e3'] }, { blockedBy: 'out_of_scope' }),
    [],
  ],
  ['a block for another reason is not', out('keep'), bound({ enabled: false }, { blockedBy: 'suspended' }), []],
  ['what was never taken over is not touched', { ...out('block'), baseline: null }, bound(), []],
  ['what is protected is not touched', out('block'), bound({}, { protection: 'privileged_role' }), []],
  ['nobody is made who is not in scope', out('block', { accountId: null }), { kind: 'none' }, []],
]

test.each(cases)('%s', (_, desired, target, expected) => {
  const planned = plan(desired, target)
  expect(kinds(planned.operations)).toEqual(expected)
  expect(planned.verdict).toBe(expected.length === 0 ? 'out_of_scope' : 'work')
  expect(planned.drift).toEqual([])
})

test('who returns is enabled when we blocked it, and has what changed meanwhile', () => {
  const target = bound({ enabled: false }, { blockedBy: 'out_of_scope' })
  const back = { ...settled(), email: 'new@contoso.example', passwordVersion: null }
  expect(plan(back, target).operations).toMatchObject([
    { kind: 'update', changes: [{ attribute: 'userPrincipalName', after: 'new@contoso.example' }] },
    { kind: 'reprovision', reason: 'back_in_scope' },
  ])
  expect(kinds(plan(back, bound({ enabled: false })).operations)).toEqual(['update'])
})
