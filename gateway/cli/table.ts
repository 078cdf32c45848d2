import type { Shell } from './shell.ts'

export type Column<T> = { title: string; of: (row: T) => string | number | null | undefined }

/** Prints rows as a table, or as JSON where that was asked for. */
export function print<T>(shell: Shell, json: boolean | undefined, rows: readonly T[], columns: readonly Column<T>[]) {
  if (json) return printJson(shell, rows)
  if (rows.length === 0) return shell.out('Nothing to show.\n')
  shell.out(table(rows, columns))
}

export function printJson(shell: Shell, value: unknown): void {
  shell.out(`${JSON.stringify(value, null, 2)}\n`)
}

/** Columns as wide as their widest cell; numbers to the right. Cells never hold control characters. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const cells = rows.map((row) => columns.map((column) => cellOf(column.of(row))))
  const widths = columns.map((column, at) => Math.max(column.title.length, ...cells.map((row) => row[at]?.length ?? 0)))
  const numeric = columns.map((column) => rows.every((row) => typeof column.of(row) === 'number'))
  const lines = [columns.map((column) => column.title.toUpperCase()), ...cells].map((row) =>
    row
      .map((cell, at) => (numeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

/** Text from a tenant may hold anything: what could move the cursor is shown as a question mark. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '?')
}

function cellOf(value: string | number | null | undefined): string {
  return value === null || value === undefined || value === '' ? '–' : plain(String(value))
}
