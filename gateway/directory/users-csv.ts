import { attributeNames } from '@lockstep/shared/contract/attributes'
import { CsvError, parse } from 'csv-parse/sync'
import { Problem } from '../domain/problem.ts'

/**
 * One line of the file as it was given, by the contract's names; empty cells are left out. The hash of a password is
 * sealed, since rows wait in the store for their turn.
 */
export type CsvRow = { row: number; email: string; values: Record<string, string>; sealedHash?: string }

const own = ['email', 'displayName', 'givenName', 'familyName', 'alternateEmail', 'state', 'passwordHash']
const known = new Map([...own, ...attributeNames].map((name) => [name.toLowerCase(), name]))
const largestRecord = 32_768
const mostRows = 200_000

/** Reads the whole file before anything is done with it. Problem `malformed_csv` names the row and the way out. */
export function parseUsersCsv(text: string, sealHash: (hash: string, email: string) => string): CsvRow[] {
  if (text.includes('\u0000')) throw malformed('The file holds a NUL character. Save it as CSV in UTF-8.')
  const records = read(text)
  const [header, ...rows] = records
  if (header === undefined) throw malformed('The file is empty. Begin with a row of column names, "email" among them.')
  const columns = header.map(columnOf)
  if (!columns.includes('email')) throw malformed('There is no column "email". Name the columns in the first row.')
  if (new Set(columns).size !== columns.length) throw malformed('A column stands there twice. Name each once.')
  if (rows.length > mostRows) throw malformed('The file has more than 200,000 rows. Split it.')
  return rows.map((cells, index) => {
    const pairs = columns.map((column, at) => [column, cells[at] ?? ''] as const).filter(([, value]) => value !== '')
    const { passwordHash, ...values } = Object.fromEntries(pairs)
    const email = values['email'] ?? ''
    const sealed = passwordHash === undefined ? {} : { sealedHash: sealHash(passwordHash, email) }
    return { row: index + 2, email, values, ...sealed }
  })
}

function read(text: string): string[][] {
  try {
    return parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      trim: true,
      skip_empty_lines: true,
      max_record_size: largestRecord,
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const at: unknown = error['lines']
    const line = typeof at === 'number' ? ` near line ${at}` : ''
    throw malformed(
      `The file is no CSV${line}. Every row needs as many cells as the first; quote cells that hold a comma, a semicolon or a line break.`,
    )
  }
}

/** What separates the column names: spreadsheets write semicolons or tabs where the comma is the decimal sign. */
function delimiterOf(text: string): string {
  const names = (/^.*/.exec(text.trimStart())?.[0] ?? '').replace(/"[^"]*"/g, '')
  const count = (sign: string) => names.split(sign).length
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best))
}

function columnOf(name: string): string {
  if (/password/i.test(name) && !/^passwordHash$/i.test(name)) {
    throw malformed('A column holds passwords. Leave it out: people choose theirs by a link that only they get.')
  }
  const column = known.get(name.toLowerCase())
  if (column !== undefined) return column
  throw malformed(`The column "${name.slice(0, 64)}" is not known. Use ${[...known.values()].join(', ')}.`)
}

const malformed = (detail: string) => new Problem('malformed_csv', `${detail} Nothing was changed.`)
