import type { AccountId } from '@lockstep/shared/contract/ids'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type DesiredGroup,
  isCountedRemoval,
  kindOf,
  membersAtOnce,
  nicknameOf,
  type ObservedGroup,
  planGroup,
} from './group.ts'

const group = (some: Partial<ObservedGroup> = {}): ObservedGroup => ({
  id: 'g',
  displayName: 'Sales',
  description: null,
  mailNickname: 'sales',
  mailEnabled: false,
  securityEnabled: true,
  unified: false,
  dynamic: false,
  roleAssignable: false,
  synced: false,
  ...some,
})

const desired = (some: Partial<DesiredGroup> = {}): DesiredGroup => ({
  groupId: 'ours',
  displayName: 'Sales',
  description: null,
  baseline: { displayName: 'Sales', description: null, members: [] },
  members: [],
  bound: new Set(),
  leavers: new Set(),
  ...some,
})
const ids = (...names: string[]) => names as AccountId[]

describe('which kind a group is', () => {
  const cases: [Partial<ObservedGroup>, string][] = [
    [{}, 'security'],
    [{ dynamic: true }, 'dynamic'],
    [{ roleAssignable: true }, 'role_assignable'],
    [{ unified: true, mailEnabled: true }, 'microsoft_365'],
    [{ unified: true, mailEnabled: true, dynamic: true }, 'dynamic'],
    [{ mailEnabled: true }, 'mail_security'],
    [{ mailEnabled: true, securityEnabled: false }, 'distribution'],
    [{ synced: true, mailEnabled: true }, 'synced'],
  ]
  test.each(cases)('%j is %s', (some, kind) => {
    expect(kindOf(group(some))).toBe(kind)
  })
})

describe('what a plan does', () => {
  test('a group that is nowhere is made', () => {
    expect(planGroup(desired({ members: ids('a') }), null)).toEqual([
      { kind: 'group_create', displayName: 'Sales', description: null, nickname: 'lockstep-ours' },
    ])
  })
  test('a name that was changed there stays, one that we changed is pushed', () => {
    expect(planGroup(desired(), { group: group({ displayName: 'Theirs' }), members: new Set() })).toEqual([])
    const renamed = desired({ displayName: 'Vertrieb' })
    expect(planGroup(renamed, { group: group(), members: new Set() })).toMatchObject([
      { kind: 'group_update', changes: [{ attribute: 'displayName', before: 'Sales', after: 'Vertrieb' }] },
    ])
  })
  test('a group that was taken over keeps its own name', () => {
    const taken = desired({ displayName: 'Vertrieb', baseline: null })
    expect(planGroup(taken, { group: group(), members: new Set() })).toEqual([])
  })
  test('somebody who was put there by others or let go stays, one of ours who left goes', () => {
    const baseline = { displayName: 'Sales', description: null, members: ['b', 'c', 'unbound'] }
    const bound = new Set(['a', 'b', 'c', 'foreign'])
    const leavers = new Set(['c', 'unbound'])
    const plan = planGroup(desired({ members: ids('a'), baseline, bound, leavers }), {
      group: group(),
      members: new Set(['b', 'c', 'unbound', 'foreign']),
    })
    expect(plan).toEqual([
      { kind: 'group_add_members', remoteId: 'g', members: ['a'] },
      { kind: 'group_remove_member', remoteId: 'g', member: 'b', leaver: false },
      { kind: 'group_remove_member', remoteId: 'g', member: 'c', leaver: true },
    ])
    expect(plan.map(isCountedRemoval)).toEqual([false, true, false])
  })
  test('forty-five people go in three requests', () => {
    const members = ids(...Array.from({ length: 45 }, (_, n) => `m${n}`))
    const plan = planGroup(desired({ members }), { group: group(), members: new Set() })
    expect(plan.map((operation) => operation.kind === 'group_add_members' && operation.members.length)).toEqual([
      20, 20, 5,
    ])
  })
})

test('applying a plan leaves nothing to plan, and touches nobody who is not ours', () => {
  const names = fc.uniqueArray(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'.split('')), { maxLength: 26 })
  fc.assert(
    fc.property(names, names, names, (wanted, there, bound) => {
      const ours = new Set(bound)
      const members = new Set(there)
      const baseline = { displayName: 'Sales', description: null, members: bound }
      const want = desired({ members: ids(...wanted), baseline, bound: new Set(bound) })
      for (const operation of planGroup(want, { group: group(), members })) {
        if (operation.kind === 'group_add_members') {
          expect(operation.members.length).toBeLessThanOrEqual(membersAtOnce)
          for (const member of operation.members) members.add(member)
        }
        if (operation.kind === 'group_remove_member') members.delete(operation.member)
      }
      expect(planGroup(want, { group: group(), members })).toEqual([])
      for (const member of there) if (!ours.has(member)) expect(members.has(member)).toBe(true)
    }),
  )
})

test('a nickname is what Microsoft takes', () => {
  expect(nicknameOf('0198_x$y'.repeat(12))).toMatch(/^[A-Za-z0-9-]{1,64}$/)
})
