import type { LockstepEvent } from '@lockstep/shared/contract/event'

const columns: readonly [title: string, of: (event: LockstepEvent) => string | null][] = [
  ['id', (event) => event.id],
  ['at', (event) => event.at],
  ['type', (event) => event.type],
  ['outcome', (event) => event.outcome],
  ['cause', (event) => event.cause],
  ['actorKind', ({ actor }) => actor.kind],
  ['actorId', ({ actor }) => actor.id],
  ['actorName', ({ actor }) => actor.name],
  ['user', (event) => event.user],
  ['connection', (event) => event.connection],
  ['account', (event) => event.account],
  ['changes', (event) => JSON.stringify(event.changes)],
  ['requestId', (event) => event.requestId],
  ['detail', (event) => event.detail],
  ['hash', (event) => event.hash],
]

const row = (cells: readonly string[]) => `${cells.join(',')}\r\n`

export const csvHead = row(columns.map(([title]) => title))

export const csvOf = (event: LockstepEvent) => row(columns.map(([, of]) => cell(of(event) ?? '')))

/** A spreadsheet takes a cell that begins with one of these for a formula ("CSV Injection", OWASP, read 2026-11-23). */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
