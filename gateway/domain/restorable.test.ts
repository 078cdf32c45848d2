import type { AccountId } from '@lockstep/shared/contract/ids'
import { expect, test } from 'vitest'
import { type DeletedAccount, restorable } from './restorable.ts'

const a = '11111111-1111-4111-8111-111111111111' as AccountId
const b = '22222222-2222-4222-8222-222222222222' as AccountId

const cases: [string, DeletedAccount[], ReturnType<typeof restorable>][] = [
  ['nothing deleted', [], null],
  ['the one that we had made', [{ id: a, immutableId: 'lockstep-ana' }], a],
  [
    'the one that we had made, beside another with her address',
    [
      { id: b, immutableId: null },
      { id: a, immutableId: 'lockstep-ana' },
    ],
    a,
  ],
  ['the only one with her address', [{ id: b, immutableId: null }], b],
  ["the only one with her address, whose mark is somebody's directory", [{ id: b, immutableId: 'c3luY2Vk' }], b],
  ['one that we had made for somebody else', [{ id: b, immutableId: 'lockstep-ben' }], 'conflict'],
  [
    'two with her address',
    [
      { id: a, immutableId: null },
      { id: b, immutableId: null },
    ],
    'conflict',
  ],
]

test.each(cases)('%s', (_, deleted, expected) => {
  expect(restorable('lockstep-ana', deleted)).toBe(expected)
})
