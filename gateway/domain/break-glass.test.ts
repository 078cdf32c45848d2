import { expect, test } from 'vitest'
import { type Administrator, breakGlassOf } from './break-glass.ts'

const root: Administrator = { id: 'root', name: 'root@contoso.example', enabled: true, synced: false, guest: false }
const nobody = { bound: new Set<string>(), authoriser: null }

test.each<[string, Partial<Administrator>, Parameters<typeof breakGlassOf>[1], boolean]>([
  ['of the cloud', {}, nobody, true],
  ['blocked', { enabled: false }, nobody, false],
  ['synced', { synced: true }, nobody, false],
  ['a guest', { guest: true }, nobody, false],
  ['bound', {}, { ...nobody, bound: new Set(['root']) }, false],
  ['our authoriser', {}, { ...nobody, authoriser: 'root' }, false],
])('an administrator who is %s', (_, some, about, stays) => {
  expect(breakGlassOf([{ ...root, ...some }], about)).toHaveLength(stays ? 1 : 0)
})
