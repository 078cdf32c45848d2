import { expect, test } from 'vitest'
import { table } from './table.ts'

const columns = [
  { title: 'Name', of: (row: { name: string | null; count: number }) => row.name },
  { title: 'Count', of: (row: { name: string | null; count: number }) => row.count },
]

test('columns line up, numbers to the right, and what is empty has a dash', () => {
  const rows = [
    { name: 'Ana', count: 1 },
    { name: null, count: 1200 },
  ]
  expect(table(rows, columns)).toBe('NAME  COUNT\nAna       1\n–      1200\n')
})

test('a name from a tenant cannot move the cursor', () => {
  expect(table([{ name: 'a\u001b[2Jb\nc', count: 1 }], columns)).toContain('a?[2Jb?c')
})
