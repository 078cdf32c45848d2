import type { UserId } from '@lockstep/shared/contract/ids'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Attributes } from './account.ts'
import type { Change, OperationKind } from './operation.ts'
import { noAttributes, testAccount, testAccountId } from './testing.ts'
import { type BeforeImage, type Present, type Undo, undo } from './undo.ts'

const image = (
  kind: OperationKind,
  ...changes: [Change['attribute'], string | null, string | null][]
): BeforeImage => ({
  userId: 'ana' as UserId,
  accountId: testAccountId,
  kind,
  changes: changes.map(([attribute, before, after]) => ({ attribute, before, after })),
})

const account = (some: Partial<Attributes> = {}, enabled = true) =>
  testAccount({ enabled, attributes: { ...noAttributes, ...some } })

const present = (some: Partial<Present> = {}): Present => ({
  account: account(),
  protected: false,
  blockedBy: null,
  blockWanted: null,
  licencesWanted: [],
  ...some,
})

/** `kind attribute>value`, and what is left with why. */
const told = ({ operations, skipped }: Undo) => [
  ...operations.flatMap(({ kind, changes }) => changes.map(({ attribute, after }) => `${kind} ${attribute}>${after}`)),
  ...skipped.map(({ attribute, obstacle }) => `${attribute}: ${obstacle}`),
]

describe('undoing', () => {
  const blocked = account({}, false)
  const block = image('deprovision', ['accountEnabled', 'true', 'false'])
  const cases: [string, BeforeImage[], Present, string[]][] = [
    ['nothing was written', [], present(), []],
    [
      'a value goes back',
      [image('update', ['city', 'Graz', 'Wien'])],
      present({ account: account({ city: 'Wien' }) }),
      ['update city>Graz'],
    ],
    [
      'a licence that we gave goes, and one that we took comes back',
      [image('licence', ['licence', null, 'e3'], ['licence', 'bi', null])],
      present({ account: testAccount({ licences: ['e3', 'visio'] }) }),
      ['licence licence>bi', 'licence licence>null'],
    ],
    [
      'a licence that a rule still gives stays',
      [image('licence', ['licence', null, 'e3'])],
      present({ account: testAccount({ licences: ['e3'] }), licencesWanted: ['e3'] }),
      ['licence: licence_wanted'],
    ],
    [
      'a value that was filled is emptied again',
      [image('take_over', ['city', null, 'Wien'])],
      present({ account: account({ city: 'Wien' }) }),
      ['update city>null'],
    ],
    [
      'several writes go back to before the first',
      [image('update', ['city', 'Graz', 'Wien']), image('update', ['city', 'Wien', 'Linz'])],
      present({ account: account({ city: 'Linz' }) }),
      ['update city>Graz'],
    ],
    [
      'what somebody changed since stays',
      [image('update', ['city', 'Graz', 'Wien'])],
      present({ account: account({ city: 'Paris' }) }),
      ['city: changed_since'],
    ],
    [
      'what is as it was needs nothing',
      [image('update', ['city', 'Graz', 'Wien'])],
      present({ account: account({ city: 'Graz' }) }),
      [],
    ],
    [
      'our block is lifted',
      [block],
      present({ account: blocked, blockedBy: 'unbound' }),
      ['reprovision accountEnabled>true'],
    ],
    [
      'our block stays while the directory wants it',
      [block],
      present({ account: blocked, blockedBy: 'suspended', blockWanted: 'suspended' }),
      ['accountEnabled: still_wanted'],
    ],
    ["somebody else's block stays", [block], present({ account: blocked }), ['accountEnabled: changed_since']],
    ['a block that was lifted since needs nothing', [block], present(), []],
    [
      'an account that we made is blocked, not deleted',
      [image('provision', ['city', null, 'Wien'])],
      present({ account: account({ city: 'Wien' }) }),
      ['deprovision accountEnabled>false'],
    ],
    ['a deleted account stays deleted', [block], present({ account: null }), ['account: account_gone']],
    ['a protected account is left alone', [block], present({ protected: true }), ['account: account_protected']],
    ['a restore is not undone', [image('restore', ['deleted', 'true', 'false'])], present(), ['restore: not_undoable']],
  ]
  test.each(cases)('%s', (_, images, now, expected) => {
    expect(told(undo(images, now))).toEqual(expected)
  })
})

test('undoing any run of our own writes gives back what was there', () => {
  const attribute = fc.constantFrom('city', 'jobTitle', 'department')
  const value = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null })
  const start = fc.record({ city: value, jobTitle: value, department: value })
  const writes = fc.array(fc.tuple(attribute, value), { maxLength: 12 })
  fc.assert(
    fc.property(start, writes, (before, list) => {
      const now: Partial<Record<string, string | null>> = { ...before }
      const images = list.map(([name, after]) => {
        const made = image('update', [name as Change['attribute'], now[name] ?? null, after])
        now[name] = after
        return made
      })
      const { operations, skipped } = undo(images, present({ account: account(now as Partial<Attributes>) }))
      for (const { attribute: name, after } of operations.flatMap(({ changes }) => changes)) now[name] = after
      expect(skipped).toEqual([])
      expect(now).toEqual(before)
    }),
  )
})
