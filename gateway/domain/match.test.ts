import type { AccountId } from '@lockstep/shared/contract/ids'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ObservedAccount } from './account.ts'
import { match } from './match.ts'
import { testAccount } from './testing.ts'

const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}` as AccountId
const account = (n: number, some: Partial<ObservedAccount>) =>
  testAccount({ id: id(n), userPrincipalName: `other${n}@contoso.example`, ...some })
const probe = { immutableId: 'lockstep-ana', email: 'ana@contoso.example' }
const marked = account(1, { immutableId: 'lockstep-ana' })
const named = account(2, { userPrincipalName: 'Ana@contoso.example' })
const addressed = account(3, { addresses: ['ana@contoso.example'] })

test('our own mark decides alone', () => {
  expect(match(probe, [named, marked])).toMatchObject({
    kind: 'account',
    by: 'immutable_id',
    account: { id: marked.id },
  })
})
test('a name matches whatever its case', () => {
  expect(match(probe, [named])).toMatchObject({ kind: 'account', by: 'user_principal_name' })
})
test('an address matches when no name does', () => {
  expect(match(probe, [addressed])).toMatchObject({ kind: 'account', by: 'address' })
})
test('a name here and the address there is a conflict, never the first one', () => {
  expect(match(probe, [named, addressed])).toEqual({ kind: 'conflict', accountIds: [named.id, addressed.id] })
})
test('nobody is nobody', () => {
  expect(match(probe, [account(4, {})])).toEqual({ kind: 'none' })
})
test('the order of candidates does not matter', () => {
  const all = [marked, named, addressed, account(4, {})]
  fc.assert(
    fc.property(fc.shuffledSubarray(all), fc.integer(), (some, _) => {
      expect(match(probe, some)).toEqual(match(probe, [...some].reverse()))
    }),
  )
})
