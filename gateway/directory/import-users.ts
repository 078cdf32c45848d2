import { attributeNames } from '@lockstep/shared/contract/attributes'
import { CreateUser } from '@lockstep/shared/contract/user'
import type { Actor } from '../domain/actor.ts'
import { likelyDomain } from '../domain/domain-advice.ts'
import { readPasswordHash } from '../domain/password-hash.ts'
import { Problem } from '../domain/problem.ts'
import { listConnections } from '../store/connections.ts'
import { findUserByEmail } from '../store/users.ts'
import type { Context } from './context.ts'
import { createUser } from './create-user.ts'
import type { CsvRow } from './users-csv.ts'

type Item = { item: string; ok: boolean; result: Record<string, unknown> }
type Run = {
  input: unknown
  actor: Actor
  finished: ReadonlySet<string>
  report(results: readonly Item[]): Promise<void>
  breathe(): Promise<void>
}

/** What the rows before have taken, and what the tenants own. */
type Known = { rowOf: Map<string, number>; domains: string[] }

const rowsAtOnce = 50

/** Creates the people of a CSV file, staged unless the row says otherwise; a row that is wrong harms no other. */
export async function importUsers(context: Context, run: Run): Promise<void> {
  const { rows, dryRun } = run.input as { rows: CsvRow[]; dryRun: boolean }
  // A rehearsal creates nobody, so it has to go through the rows before again to know whom they would have created.
  const todo = dryRun ? rows : rows.filter((row) => !run.finished.has(itemOf(row)))
  const known: Known = { rowOf: new Map(), domains: await ownedDomains(context) }
  for (let start = 0; start < todo.length; start += rowsAtOnce) {
    await run.breathe()
    const results: Item[] = []
    for (const row of todo.slice(start, start + rowsAtOnce))
      results.push(await importRow(context, run.actor, row, dryRun, known))
    await run.report(results)
  }
}

async function ownedDomains({ store }: Context): Promise<string[]> {
  const connections = (await listConnections(store.db)).filter(({ state }) => state !== 'deactivated')
  return connections.flatMap(({ domains }) => (JSON.parse(domains) as string[]).map((domain) => domain.toLowerCase()))
}

const itemOf = ({ row }: CsvRow) => String(row).padStart(6, '0')

async function importRow(context: Context, actor: Actor, given: CsvRow, dryRun: boolean, known: Known): Promise<Item> {
  const { row, email } = given
  const told = (ok: boolean, result: 'created' | 'exists' | 'failed', more: Record<string, string> = {}): Item => ({
    item: itemOf(given),
    ok,
    result: { row, email, result, ...more },
  })
  const parsed = CreateUser.safeParse(inputOf(context, given))
  if (!parsed.success) {
    const reason = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join(' ')
    return told(false, 'failed', { reason })
  }
  const before = known.rowOf.get(parsed.data.email)
  if (before !== undefined) return told(true, 'exists', { reason: `Row ${before} has this address already.` })
  known.rowOf.set(parsed.data.email, row)
  if ((await findUserByEmail(context.store.db, parsed.data.email)) !== undefined)
    return told(true, 'exists', { reason: 'Somebody here has this address already. Nothing was changed about them.' })
  const advice = adviceOn(parsed.data.email, known.domains)
  const hash = parsed.data.passwordHash === undefined ? null : readPasswordHash(parsed.data.passwordHash)
  if (hash !== null && 'refused' in hash) {
    known.rowOf.delete(parsed.data.email)
    return told(false, 'failed', { reason: `passwordHash: ${hash.refused}` })
  }
  if (dryRun) return told(true, 'created', advice)
  try {
    await createUser(context, actor, parsed.data)
    return told(true, 'created', advice)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    known.rowOf.delete(parsed.data.email)
    return told(false, 'failed', { code: error.code, reason: error.message })
  }
}

/** Somebody of a domain that no tenant owns can be a person here, but will never follow into Microsoft 365. */
function adviceOn(email: string, domains: readonly string[]): Record<string, string> {
  const at = email.lastIndexOf('@')
  const domain = email.slice(at + 1)
  if (domains.length === 0 || domains.includes(domain)) return {}
  const likely = likelyDomain(
    domain,
    domains.filter((each) => !each.endsWith('.onmicrosoft.com')),
  )
  const suggestion = likely === null ? {} : { suggestion: `${email.slice(0, at)}@${likely}` }
  const hint = likely === null ? `Those that do: ${domains.join(', ')}.` : `Did you mean ${suggestion.suggestion}?`
  return {
    code: 'domain_not_in_connection',
    reason: `${domain} belongs to no connected tenant, so this person cannot be bound. ${hint}`,
    ...suggestion,
  }
}

/** For whom a hash is sealed that has no user yet. */
const ownerOf = (email: string) => ({ userId: `import ${email}`, version: 0 })

export const sealImported =
  ({ vault }: Pick<Context, 'vault'>) =>
  (hash: string, email: string) =>
    vault.wrapHash(hash, ownerOf(email))

const names: ReadonlySet<string> = new Set(['displayName', 'givenName', 'familyName'])

function inputOf({ vault }: Context, { values, email, sealedHash }: CsvRow): Record<string, unknown> {
  const attributes = Object.entries(values).filter(([key]) =>
    attributeNames.some((name) => name === key && !names.has(name)),
  )
  const own = Object.entries(values).filter(([key]) => !attributes.some(([name]) => name === key))
  return {
    state: 'staged',
    sendMail: false,
    ...Object.fromEntries(own),
    attributes: Object.fromEntries(attributes),
    ...(sealedHash !== undefined && { passwordHash: vault.unwrapHash(sealedHash, ownerOf(email)) }),
  }
}
