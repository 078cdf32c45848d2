import { AccountId } from '@lockstep/shared/contract/ids'
import { expect, test } from 'vitest'
import { fromGraph, toGraph } from './attributes.ts'
import { GraphUser, merge, observe, WholeUser } from './wire.ts'

const id = AccountId.parse('11111111-2222-4333-8444-555555555555')
const user = {
  id,
  userPrincipalName: 'ana@contoso.example',
  accountEnabled: true,
  userType: 'Member',
  proxyAddresses: ['smtp:A@contoso.example', 'SMTP:Ana@contoso.example', 'x500:/o=1'],
  businessPhones: ['+43 1'],
  surname: 'Berger',
  jobTitle: null,
}

test('null clears, and what may never be empty is left out', () => {
  expect(toGraph({ familyName: null, businessPhone: null, displayName: null, usageLocation: null })).toEqual({
    surname: null,
    businessPhones: [],
  })
  expect(toGraph({ familyName: 'Berger', businessPhone: '+43 1', region: 'Wien' })).toEqual({
    surname: 'Berger',
    businessPhones: ['+43 1'],
    state: 'Wien',
  })
})

test('what is not told stays untold; what is empty is null', () => {
  expect(fromGraph({ surname: 'Berger', jobTitle: null, businessPhones: [], department: '' })).toEqual({
    familyName: 'Berger',
    jobTitle: null,
    businessPhone: null,
    department: null,
  })
})

test('an account that is read whole has every attribute, and its primary address first', () => {
  const account = WholeUser.parse(user)
  expect(account).toMatchObject({ enabled: true, guest: false, synced: false, immutableId: null })
  expect(account.addresses).toEqual(['ana@contoso.example', 'a@contoso.example'])
  expect(account.attributes).toMatchObject({ familyName: 'Berger', businessPhone: '+43 1', city: null })
})

test('an answer without a state is no account', () => {
  expect(WholeUser.safeParse({ ...user, accountEnabled: undefined }).success).toBe(false)
  expect(WholeUser.safeParse({ ...user, id: 'ana' }).success).toBe(false)
})

test('a later page that lacks properties leaves what we knew', () => {
  const before = WholeUser.parse({ ...user, onPremisesSyncEnabled: true })
  const after = merge(before, observe(GraphUser.parse({ id, surname: null })))
  expect(after).toEqual({ ...before, attributes: { ...before.attributes, familyName: null } })
})

test('a new account is known from the first round alone; a later page may hide that it is a guest', () => {
  const told = GraphUser.parse(user)
  expect(merge(null, observe(told, true))).toEqual(WholeUser.parse(user))
  expect(merge(null, observe(told))).toBeNull()
})

test('no page turns a guest into a member by what it leaves out', () => {
  const guest = WholeUser.parse({ ...user, userType: 'Guest' })
  const renamed = merge(guest, observe(GraphUser.parse({ id, userPrincipalName: 'ana.b@contoso.example' })))
  expect(renamed?.guest).toBe(true)
  const member = WholeUser.parse(user)
  expect(merge(member, observe(GraphUser.parse({ id, userType: 'Guest' })))?.guest).toBe(true)
  expect(merge(guest, observe(GraphUser.parse(user)))?.guest).toBe(false)
})

test('a manager is told by an expanded link or by a delta, and left untold where a page is silent', () => {
  const boss = AccountId.parse('99999999-2222-4333-8444-555555555555')
  const told = (more: Record<string, unknown>) => observe(GraphUser.parse({ id, ...more })).manager
  expect(told({ manager: { id: boss } })).toBe(boss)
  expect(told({ 'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: boss }] })).toBe(boss)
  expect(told({ 'manager@delta': [{ id: boss, '@removed': { reason: 'deleted' } }] })).toBeNull()
  expect(told({})).toBeUndefined()
  expect(WholeUser.parse(user).manager).toBeNull()
})
