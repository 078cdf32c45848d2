import { expect, test } from 'vitest'
import { type SinceImport, whyKept } from './import-undo.ts'

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
