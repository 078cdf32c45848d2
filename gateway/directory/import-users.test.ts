import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { importUsers, sealImported } from './import-users.ts'
import { type TestDirectory, testDirectory } from './testing.ts'
import { parseUsersCsv } from './users-csv.ts'

let directory: TestDirectory
beforeEach(async () => {
  directory = await testDirectory()
})
afterEach(() => directory.close())

type Row = { row: number; email: string; result: string; reason?: string; code?: string; suggestion?: string }

async function run(csv: string, dryRun: boolean, finished: string[] = []): Promise<Row[]> {
  const told = new Map<string, Row>()
  await importUsers(directory.context, {
    input: { rows: parseUsersCsv(csv, sealImported(directory.context)), dryRun },
    actor: system,
    finished: new Set(finished),
    report: async (results) => {
      for (const { item, result } of results) told.set(item, result as Row)
    },
    breathe: async () => undefined,
  })
  return [...told.values()]
}

const events = async () => (await directory.events()).length

test('the rehearsal tells row by row what the import then does, and changes nothing', async () => {
  await directory.addConnection('c1')
  const csv = [
    'email,displayName,usageLocation',
    'ana@contoso.example,Ana,AT',
    'ANA@contoso.example,Ana again,AT',
    'ben@contso.example,Ben,AT',
    'eva@contoso.example,Eva,Austria',
    'eva@contoso.example,Eva,AT',
  ].join('\n')
  const before = await events()
  const told = await run(csv, true)
  expect(await events()).toBe(before)
  expect(await run(csv, false)).toEqual(told)
  expect(told).toMatchObject([
    { row: 2, result: 'created' },
    { row: 3, result: 'exists', reason: 'Row 2 has this address already.' },
    { row: 4, result: 'created', code: 'domain_not_in_connection', suggestion: 'ben@contoso.example' },
    { row: 5, result: 'failed', reason: expect.stringContaining('usageLocation') },
    { row: 6, result: 'created' },
  ])
  expect(await run(csv, false)).toMatchObject([
    { result: 'exists' },
    { result: 'exists' },
    { result: 'exists' },
    { result: 'failed' },
    { result: 'exists' },
  ])
})

test('an import that goes on after a restart leaves out what it has done', async () => {
  const rows = await run('email\nana@contoso.example\nben@contoso.example\n', false, ['000002'])
  expect(rows).toMatchObject([{ row: 3, email: 'ben@contoso.example', result: 'created' }])
})

const cells = (csv: string) => parseUsersCsv(csv, (hash) => hash).map(({ row, values }) => [row, values])
const ana = { email: 'ana@contoso.example', displayName: 'Kovač, Ana' }

test.each([
  ['commas and quotes', 'email,displayName\nana@contoso.example,"Kovač, Ana"\n'],
  ['semicolons', 'email;displayName\nana@contoso.example;Kovač, Ana\n'],
  ['tabs', 'email\tdisplayName\nana@contoso.example\tKovač, Ana\n'],
  ['a byte order mark and CRLF', '\ufeffemail;displayName\r\nana@contoso.example;"Kovač, Ana"\r\n'],
  ['names in any case, empty lines and cells', '\nEMAIL;DisplayName;city\n\nana@contoso.example;Kovač, Ana;\n'],
])('reads %s', (_, csv) => {
  expect(cells(csv)).toEqual([[2, ana]])
})

test('a line break in quotes stays in its cell', () => {
  expect(cells('email,streetAddress\nana@contoso.example,"Main 1\nDoor 2"\n')).toEqual([
    [2, { email: 'ana@contoso.example', streetAddress: 'Main 1\nDoor 2' }],
  ])
})

test('what looks like a formula is text like any other', () => {
  const [[, values] = []] = cells('email,displayName\nana@contoso.example,=HYPERLINK("x")\n'.replace('("x")', '(1)'))
  expect(values).toMatchObject({ displayName: '=HYPERLINK(1)' })
})

test('more than 200,000 rows are refused before anything is done', () => {
  const rows = (count: number) => `email\n${'a@b.example\n'.repeat(count)}`
  expect(parseUsersCsv(rows(200_000), (hash) => hash)).toHaveLength(200_000)
  expect(() => parseUsersCsv(rows(200_001), (hash) => hash)).toThrow(/200,000 rows/)
})
