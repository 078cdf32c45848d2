import type { ImportInput, ImportResult } from '@lockstep/shared/contract/connection'
import type { Job } from '@lockstep/shared/contract/job'
import type { Actor } from '../domain/actor.ts'
import { type Choice, decideImport } from '../domain/import-decision.ts'
import type { Claims, Person } from '../domain/standing.ts'
import { accountIds, countAccounts, findAccounts } from '../store/accounts.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { answeringTo, claimsOn, markedFor, peopleOf } from '../store/importable.ts'
import { countMails } from '../store/jobs.ts'
import type { Change } from '../store/store.ts'
import type { SyncContext } from './context.ts'
import { importGroup } from './groups.ts'
import { addManagers, addPhotos } from './import-extras.ts'
import { readyConnection } from './import-list.ts'
import { carryOut } from './import-write.ts'
import type { ItemResult, JobRun, Jobs } from './jobs.ts'
import { readProtection } from './protection.ts'
import { requireConnection } from './require-connection.ts'
import type { Runner } from './runner.ts'
import { mailsSentence } from './tell-people.ts'

/** How many accounts are decided and written together: one transaction. */
const chunkSize = 50

export async function startImport(
  context: SyncContext,
  runner: Runner,
  jobs: Jobs,
  actor: Actor,
  id: string,
  input: ImportInput,
): Promise<Job> {
  await readyConnection(context, runner, id)
  const named = selected(input)
  const accounts = named === 'all' ? await countAccounts(context.store.db, id) : named.length
  return await jobs.start('import', id, actor, input, accounts + new Set(input.groups).size)
}

/** Object ids as the tenant writes them, each once; a decision selects its account. */
function selected({ accountIds: given, resolutions }: ImportInput): 'all' | string[] {
  if (given === 'all') return 'all'
  return [...new Set([...given, ...resolutions.map(({ accountId }) => accountId)].map((id) => id.toLowerCase()))]
}

export async function runImport(
  context: SyncContext,
  runner: Runner,
  run: JobRun,
  connectionId: string | null,
): Promise<void> {
  const input = run.input as ImportInput
  const id = connectionId ?? ''
  const connection = await requireConnection(context, id)
  await readProtection(context, connection)
  let finished = run.finished.size
  for await (const chunk of chunks(context, id, input)) {
    await run.breathe()
    const todo = chunk.filter((accountId) => !run.finished.has(accountId))
    if (todo.length === 0) continue
    await importChunk(context, run, connection, input, todo)
    finished += todo.length
  }
  // Accounts come and go while everybody is imported.
  if (input.accountIds === 'all') await run.total(finished + new Set(input.groups).size)
  await importGroups(context, run, connection, input)
  if (input.dryRun) return await run.note(mailsSentence(await countMails(context.store.db, run.id)))
  if (input.bind) runner.wake(id)
  await addManagers(context, run, connection, input)
  if (input.photos) await addPhotos(context, run, connection)
}

/** After the people, so that those who are in a group are here. */
async function importGroups(
  context: SyncContext,
  run: JobRun,
  connection: ConnectionRow,
  { groups, dryRun }: ImportInput,
): Promise<void> {
  for (const remoteId of new Set(groups)) {
    if (run.finished.has(remoteId)) continue
    await run.breathe()
    const result = await importGroup(context, run.actor, connection.id, remoteId, dryRun)
    await run.report([{ item: remoteId, ok: result.result !== 'failed', result }])
  }
}

async function* chunks(context: SyncContext, id: string, input: ImportInput): AsyncGenerator<string[]> {
  const named = selected(input)
  if (named !== 'all') {
    for (let start = 0; start < named.length; start += chunkSize) yield named.slice(start, start + chunkSize)
    return
  }
  for (let after = ''; ; ) {
    const page = await accountIds(context.store.db, id, { after, limit: chunkSize })
    const last = page.at(-1)
    if (last === undefined) return
    after = last
    yield page
  }
}

/** Decides and writes in one transaction with the results: what a kill leaves is whole. */
async function importChunk(
  context: SyncContext,
  run: JobRun,
  connection: ConnectionRow,
  input: ImportInput,
  ids: readonly string[],
): Promise<void> {
  await context.store.change(run.actor, async (change) => {
    change.quiet('what changed something has its own event')
    const stored = await findAccounts(change.trx, connection.id, ids)
    const living = [...stored.values()].filter(({ deletedAt }) => deletedAt === null)
    const claims = await claimsOn(change.trx, connection.id, living)
    const choose = await choices(change, connection, input, claims)
    const results: ItemResult[] = []
    for (const accountId of ids) {
      const account = stored.get(accountId)
      const claim = claims.get(accountId)
      const result: ImportResult =
        account === undefined || claim === undefined
          ? { accountId, result: 'failed', reason: 'The tenant has no account with this object id.' }
          : await carryOut(context, change, run, connection, input, account, decideImport(claim, choose(accountId)))
      results.push({ item: accountId, ok: result.result !== 'failed', result })
    }
    await run.record(change, results)
  })
}

/** What a person has decided, with what has to be known of it. Adds to the claims whom a decision names. */
async function choices(
  { trx }: Change,
  connection: ConnectionRow,
  input: ImportInput,
  claims: Map<string, Claims>,
): Promise<(accountId: string) => Choice> {
  const given = new Map(input.resolutions.map((each) => [each.accountId.toLowerCase(), each]))
  const promised = new Map(
    [...given].flatMap(([id, { userId, email }]) =>
      [userId, email].flatMap((each) => (each ? [[each, id] as const] : [])),
    ),
  )
  const here = [...given].filter(([id]) => claims.has(id)).map(([, each]) => each)
  const emails = here.flatMap(({ email }) => email ?? [])
  const holders = await trx
    .selectFrom('users')
    .select(['id', 'email'])
    .where('deleted_at', 'is', null)
    .where('email', 'in', emails.length === 0 ? [''] : emails)
    .execute()
  const people = await peopleOf(trx, connection.id, [
    ...new Set([...here.flatMap(({ userId }) => userId ?? []), ...holders.map(({ id }) => id)]),
  ])
  const holderOf = new Map<string, Person | undefined>(holders.map(({ id, email }) => [email, people.get(id)]))
  const answering = await answeringTo(trx, connection.id, emails)
  const marks = await markedFor(trx, connection.id, [...people.keys()])
  for (const [id, claim] of claims) {
    if (!given.has(id)) continue
    claims.set(id, {
      ...claim,
      answering: new Map([...claim.answering, ...answering]),
      marks: new Map([...claim.marks, ...marks]),
    })
  }
  return (accountId) => {
    const decision = given.get(accountId)
    return {
      named: input.accountIds !== 'all' || decision !== undefined,
      promised,
      resolution:
        decision === undefined
          ? null
          : decision.action === 'link'
            ? { action: 'link', user: people.get(decision.userId ?? '') ?? null }
            : decision.action === 'rename'
              ? { action: 'rename', email: decision.email ?? '', holder: holderOf.get(decision.email ?? '') ?? null }
              : { action: 'skip' },
    }
  }
}
