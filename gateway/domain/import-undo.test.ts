import { expect, test } from 'vitest'
import { restoring, type SinceImport, whyKept } from './import-undo.ts'

const job = (before: string | null, after: string | null) => [{ attribute: 'jobTitle', before, after }]
const shows = (value: string | null) => () => value

test.each([
  ['one write', [job('Clerk', 'Nurse')], 'Nurse', [{ attribute: 'jobTitle', before: 'Nurse', after: 'Clerk' }]],
  [
    'several writes: the value from before the first',
    [job(null, 'Nurse'), job('Nurse', 'Teacher')],
    'Teacher',
    [{ attribute: 'jobTitle', before: 'Teacher', after: null }],
  ],
  ['what is as before already', [job('Clerk', 'Nurse')], 'Clerk', []],
  ['nothing written', [], 'Clerk', []],
])('%s', (_, writes, now, changes) => {
  expect(restoring(writes, shows(now))).toEqual({ changes, leftAlone: [] })
})

test('what somebody in the tenant has written since is theirs', () => {
  expect(restoring([job('Clerk', 'Nurse')], shows('Director'))).toEqual({ changes: [], leftAlone: ['jobTitle'] })
})

const untouched: SinceImport = { hasPassword: false, role: null, acts: [], bindings: [{ ours: true, leaving: false }] }
test.each<[string, Partial<SinceImport>, boolean]>([
  ['nobody made anything of the person', {}, true],
  ['not bound', { bindings: [] }, true],
  ['a password', { hasPassword: true }, false],
  ['a role', { role: 'helpdesk' }, false],
  ['a change by a person', { acts: ['user_update'] }, false],
  ['a binding by a person', { bindings: [{ ours: false, leaving: false }] }, false],
  ['an account that is being let go', { bindings: [{ ours: true, leaving: true }] }, false],
])('%s: goes %s', (_, since, goes) => {
  expect(whyKept({ ...untouched, ...since }) === null).toBe(goes)
})
