import { expect, test } from 'vitest'
import type { Desired } from './desire.ts'
import { plan, type Target } from './plan.ts'
import { isBlocking, readinessOf, type Standing } from './readiness.ts'
import { account, ana, attributes } from './testing-plan.ts'

const everyday: Standing = { state: 'active', domainFits: true, hasAlternateMail: true }
const located = { attributes: attributes({ usageLocation: 'AT' }) }
const matched = (some: Parameters<typeof account>[0] = {}): Target => ({
  kind: 'matched',
  account: account({ ...located, ...some }),
  protection: null,
  blockedBy: null,
  revokeDue: false,
})
const of = (desired: Partial<Desired>, target: Target, standing: Partial<Standing> = {}) => {
  const wanted = ana({ ...located, ...desired })
  return readinessOf(wanted, target, plan(wanted, target), { ...everyday, ...standing })
}

test.each([
  ['nothing stands in the way', of({}, matched()), []],
  ['an address of another domain', of({}, matched(), { domainFits: false }), ['domain_not_in_connection']],
  ['not in the scope', of({ outOfScope: 'block' }, matched()), ['out_of_scope']],
  ['two accounts match', of({}, { kind: 'conflict', accountIds: ['a', 'b'] }), ['account_conflict']],
  ['an administrator', of({}, { ...matched(), protection: 'privileged_role' } as Target), ['account_protected']],
  [
    'nowhere to write to',
    of({ accountId: null }, { kind: 'none' }, { state: 'staged', hasAlternateMail: false }),
    ['no_alternate_mail'],
  ],
  [
    'the mailbox that is there is enough',
    of({}, matched({ enabled: false }), { state: 'staged', hasAlternateMail: false }),
    [],
  ],
  ['the old password still lets in', of({}, matched(), { state: 'staged' }), ['old_password_valid']],
  [
    'no country on either side',
    of({ accountId: null, attributes: attributes() }, { kind: 'none' }),
    ['no_usage_location'],
  ],
  ['the country of the account will do', of({ attributes: attributes() }, matched()), []],
  [
    'a value that cannot be made',
    of({ unmapped: [{ attribute: 'city', detail: 'Too long.' }] }, matched()),
    ['value_not_mapped'],
  ],
])('%s', (_, reasons, expected) => expect(reasons).toEqual(expected))

test('what is only good to know keeps nobody from being bound', () => {
  expect(of({}, matched(), { state: 'staged' }).some(isBlocking)).toBe(false)
  expect(of({}, matched(), { domainFits: false }).some(isBlocking)).toBe(true)
})
