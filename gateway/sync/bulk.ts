import type { Job } from '@lockstep/shared/contract/job'
import { type Actor, system } from '../domain/actor.ts'
import type { Outcome } from '../domain/failure.ts'
import { Problem } from '../domain/problem.ts'
import { isFailing, isWaiting } from '../domain/quarantine.ts'
import { TenantError } from '../graph/failure.ts'
import { type BindingRow, findBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { countMails } from '../store/jobs.ts'
import { findUser } from '../store/users.ts'
import { refuseImpossible } from './bind.ts'
import type { SyncContext } from './context.ts'
import { sentenceOf } from './cycle.ts'
import { gateKey } from './gates.ts'
import type { ItemResult, JobRun, Jobs } from './jobs.ts'
import { readProtection } from './protection.ts'
import { markLeaving, putBinding } from './put-binding.ts'
import { noteFailing, quarantineOf } from './quarantine.ts'
import { assertLetIn, wantBack } from './recover.ts'
import { requireConnection } from './require-connection.ts'
import { syncBindings } from './sync-bindings.ts'
import { hearsOfBinding, mailsSentence, tellBound } from './tell-people.ts'

export type BulkInput = {
  bind?: string[] | undefined
  unbind?: string[] | undefined
  notify?: boolean | undefined
  dryRun: boolean
  attributes: 'fill_empty' | 'ours_win'
  confirm?: number | undefined
}

/** How many people are worked on together. */
const chunkSize = 100

export async function startBulk(
  context: SyncContext,
  jobs: Jobs,
  actor: Actor,
  connectionId: string,
  input: BulkInput,
): Promise<Job> {
  const connection = await requireConnection(context, connectionId)
  const total = people(input).length
  if (input.confirm !== undefined && input.confirm !== total) {
    throw new Problem(
      'confirmation_mismatch',
      `This is about ${total} people, not ${input.confirm}. Look at the selection again and type its count.`,
    )
  }
  if (input.confirm !== undefined && actor.kind === 'token' && !actor.allow.includes('approve')) {
    throw new Problem(
      'forbidden',
      'This token cannot confirm for a person. Leave "confirm" out, or make a token with --allow approve.',
    )
  }
  return await jobs.start('bulk', connection.id, actor, input, total)
}

function people(input: BulkInput): { userId: string; what: 'bind' | 'unbind' }[] {
  const unique = (ids: readonly string[] | undefined) => [...new Set(ids ?? [])]
  return [
    ...unique(input.bind).map((userId) => ({ userId, what: 'bind' as const })),
    ...unique(input.unbind).map((userId) => ({ userId, what: 'unbind' as const })),
  ]
}

export async function runBulk(context: SyncContext, run: JobRun, connectionId: string | null): Promise<void> {
  const input = run.input as BulkInput
  const todo = people(input).filter(({ userId }) => !run.finished.has(userId))
  const before = await requireConnection(context, connectionId ?? '')
  if (before.state === 'active' && !input.dryRun) await readProtection(context, before)
  for (let start = 0; start < todo.length; start += chunkSize) {
    const connection = await requireConnection(context, connectionId ?? '')
    await run.report(await runChunk(context, run, connection, input, todo.slice(start, start + chunkSize)))
  }
  if (input.dryRun) await run.note(mailsSentence(await countMails(context.store.db, run.id)))
}

/** How people are bound. */
type Wish = Pick<BulkInput, 'dryRun' | 'attributes' | 'confirm' | 'notify'>
type Person = { userId: string; what: 'bind' | 'unbind' }

/** Writes what is wanted for these people, then makes the tenant follow, then tells what became of each. */
export async function runChunk(
  context: SyncContext,
  { id, actor }: Pick<JobRun, 'id' | 'actor'>,
  connection: ConnectionRow,
  input: Wish,
  chunk: readonly Person[],
): Promise<ItemResult[]> {
  const refused = new Map<string, Problem>()
  const mailed = new Set<string>()
  for (const person of chunk) {
    try {
      if (await wish(context, actor, connection, input, person, id)) mailed.add(person.userId)
    } catch (error) {
      // A tenant that does not answer refuses nobody: the job tells it, and can be started again.
      if (!(error instanceof Problem) || error instanceof TenantError) throw error
      refused.set(person.userId, error)
    }
  }
  const wanted = chunk.filter(({ userId }) => !refused.has(userId)).map(({ userId }) => userId)
  const { mode } = JSON.parse(connection.settings) as { mode: string }
  const waits = isWaiting(quarantineOf(connection), context.runtime.now())
  const follows = !input.dryRun && mode === 'apply' && connection.state === 'active' && !waits
  const held = follows ? await makeFollow(context, actor, connection, wanted) : new Set<string>()
  const results: ItemResult[] = []
  for (const person of chunk) {
    const problem = refused.get(person.userId)
    const after = await findBinding(context.store.db, connection.id, person.userId)
    const result = resultOf(person, problem, after, held.has(person.userId))
    const mail = mailed.has(person.userId)
    results.push(input.dryRun && result.ok ? { ...result, result: { ...result.result, mail } } : result)
  }
  return results
}

/**
 * Works on all of them; those that a cycle has in hand are waited for and looked at again, or their results would be told
 * before they are known. Holds no gate while it waits. Answers with those whom the brake holds back.
 */
async function makeFollow(
  context: SyncContext,
  actor: Actor,
  connection: ConnectionRow,
  userIds: readonly string[],
): Promise<Set<string>> {
  const tenant = context.tenants.of(connection)
  const held = new Set<string>()
  const outcomes: Outcome<unknown>[] = []
  for (let open = userIds; open.length > 0; ) {
    const synced = await syncBindings(context, connection, tenant, open, 'bulk', actor)
    for (const operation of synced.held) held.add(operation.userId)
    outcomes.push(...[...synced.applied.values()].flat().map(({ outcome }) => outcome))
    open = synced.busy
    for (const userId of open) await context.gates.passed(gateKey(connection.id, userId))
  }
  await stopIfFailing(context, connection.id, outcomes)
  return held
}

/** Where half of them fail, those that come after wait for the connection to recover. */
async function stopIfFailing(
  context: SyncContext,
  connectionId: string,
  outcomes: readonly Outcome<unknown>[],
): Promise<void> {
  const failures = outcomes.filter((outcome) => outcome.kind !== 'done')
  const tally = { written: outcomes.length, failed: failures.length }
  const [first] = failures
  if (first === undefined || !isFailing(tally, false)) return
  await context.store.change(system, async (change) => {
    await noteFailing(context, change, connectionId, { ...tally, detail: sentenceOf(first) })
  })
}

/** Tells whether the person hears of it. */
async function wish(
  context: SyncContext,
  actor: Actor,
  connection: ConnectionRow,
  input: Wish,
  { userId, what }: Person,
  jobId: string,
): Promise<boolean> {
  const user = await findUser(context.store.db, userId)
  if (user === undefined) throw new Problem('user_not_found', 'There is no user with this id.')
  const binding = await findBinding(context.store.db, connection.id, userId)
  const named = input.confirm !== undefined
  if (what === 'unbind') {
    if (binding === undefined) throw new Problem('binding_not_found', `${user.display_name} is not bound.`)
    if (input.dryRun) return false
    await context.store.change(actor, async (change) => {
      await markLeaving(change.trx, binding, 'block', { named, jobId })
      change.event({
        type: 'binding_delete',
        user: userId,
        connection: connection.id,
        account: binding.account_id,
        cause: 'block',
      })
    })
    return false
  }
  const bound = binding !== undefined && binding.unbind === null
  if (bound && binding.state === 'missing') {
    assertLetIn(user)
    if (input.dryRun) return false
    await context.store.change(actor, async (change) => {
      await wantBack(change, binding, jobId)
      change.event({ type: 'binding_create', user: userId, connection: connection.id, cause: 'restore' })
    })
    return false
  }
  if (bound && binding.state !== 'failed') return false
  await refuseImpossible(context, connection, user)
  // Whoever was bound before, and failed, has heard of it.
  const hears = !bound && hearsOfBinding(connection, user, input.notify)
  if (input.dryRun) return hears
  await context.store.change(actor, async (change) => {
    await putBinding(context, change.trx, connection, user, {
      accountId: null,
      named,
      jobId,
      attributes: input.attributes,
    })
    if (hears) await tellBound(context, change, user)
    change.event({ type: 'binding_create', user: userId, connection: connection.id })
  })
  return hears
}

function resultOf(
  { userId, what }: Person,
  problem: Problem | undefined,
  after: BindingRow | undefined,
  held: boolean,
): ItemResult {
  if (problem !== undefined) return failed(userId, { code: problem.code, detail: problem.message })
  if (held) return { item: userId, ok: true, result: { userId, result: 'held' } }
  if (after?.error != null && (after.state === 'failed' || after.state === 'missing')) {
    const { code, detail } = JSON.parse(after.error) as { code: string; detail: string }
    return failed(userId, { code, detail })
  }
  return { item: userId, ok: true, result: { userId, result: what === 'bind' ? 'bound' : 'unbound' } }
}

const failed = (userId: string, error: { code: string; detail: string }): ItemResult => ({
  item: userId,
  ok: false,
  result: { userId, result: 'failed', error },
})
