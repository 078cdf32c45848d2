import type { Job } from '@lockstep/shared/contract/job'
import type { RolloutInput } from '@lockstep/shared/contract/rollout'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { type Candidate, haltOf, type RingResult, ringsOf } from '../domain/rollout.ts'
import { findBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { findGroup, membersAmong } from '../store/groups.ts'
import { findJob, jobInput } from '../store/jobs.ts'
import { unboundUsers } from '../store/unbound-users.ts'
import { runChunk } from './bulk.ts'
import type { SyncContext } from './context.ts'
import { settingsOf } from './following.ts'
import type { ItemResult, JobRun, Jobs } from './jobs.ts'
import { readProtection } from './protection.ts'
import { requireConnection } from './require-connection.ts'
import { assertUsable } from './sync-bindings.ts'

/** Who is in which ring is decided once: a roll-out that goes on later is about the same people. */
type Rollout = { rings: string[][]; attributes: RolloutInput['attributes'] }

/** So few at once that a mistake stops the ring early. */
const atOnce = 20

export async function startRollout(
  context: SyncContext,
  jobs: Jobs,
  actor: Actor,
  id: string,
  { rings, attributes }: RolloutInput,
): Promise<Job> {
  const connection = await requireConnection(context, id)
  assertFollowing(connection)
  const groups = rings.flatMap((ring) => ('group' in ring ? [ring.group] : []))
  for (const group of groups)
    if ((await findGroup(context.store.db, group)) === undefined)
      throw new Problem('group_not_found', 'A group of the rings does not exist. Look for it in the list of groups.')
  const people = await candidates(context, connection, groups)
  return await start(jobs, actor, connection, { rings: ringsOf(rings, people), attributes })
}

/** Goes on with those who are not bound yet, or failed: those who stopped it come first. */
export async function continueRollout(
  context: SyncContext,
  jobs: Jobs,
  actor: Actor,
  id: string,
  jobId: string,
): Promise<Job> {
  const connection = await requireConnection(context, id)
  const job = await findJob(context.store.db, jobId)
  if (job === undefined || job.kind !== 'rollout' || job.connection_id !== connection.id)
    throw new Problem('job_not_found', 'This connection has no roll-out with this id.')
  if (job.ended_at === null) throw new Problem('job_not_ended', 'The roll-out is still at work.')
  assertFollowing(connection)
  const before = JSON.parse(await jobInput(context.store.db, jobId)) as Rollout
  const rings = await Promise.all(before.rings.map((ring) => stillToBind(context, connection, ring)))
  return await start(jobs, actor, connection, { ...before, rings })
}

async function start(jobs: Jobs, actor: Actor, connection: ConnectionRow, rollout: Rollout): Promise<Job> {
  const total = rollout.rings.flat().length
  if (total === 0) throw new Problem('nobody_to_bind', 'Everybody whom the rings name is bound already, or cannot be.')
  return await jobs.start('rollout', connection.id, actor, rollout, total)
}

/** What is only observed shows nothing of how it would go. */
function assertFollowing(connection: ConnectionRow): void {
  assertUsable(connection)
  if (settingsOf(connection).mode === 'apply') return
  throw new Problem(
    'connection_not_usable',
    `The connection "${connection.name}" only observes. Look at its readiness, then set its mode to "apply".`,
  )
}

/** Everybody whom the connection is for and who could be bound, by address. */
async function candidates(
  { store: { db } }: SyncContext,
  connection: ConnectionRow,
  groups: readonly string[],
): Promise<Candidate[]> {
  const domains = new Set(JSON.parse(connection.domains) as string[])
  const scope = settingsOf(connection).scope.groups
  const found: Candidate[] = []
  for await (const page of unboundUsers(db, connection.id)) {
    const fit = page.filter(({ email }) => domains.has(email.slice(email.lastIndexOf('@') + 1)))
    const ids = fit.map(({ id }) => id)
    const within = scope.length === 0 ? new Set(ids) : await membersAmong(db, scope, ids)
    const members = new Map<string, Set<string>>()
    for (const group of groups) members.set(group, await membersAmong(db, [group], ids))
    for (const userId of ids.filter((id) => within.has(id)))
      found.push({ userId, groups: new Set(groups.filter((group) => members.get(group)?.has(userId))) })
  }
  return found
}

async function stillToBind(
  { store: { db } }: SyncContext,
  connection: ConnectionRow,
  ring: readonly string[],
): Promise<string[]> {
  const open: string[] = []
  for (const userId of ring) {
    const binding = await findBinding(db, connection.id, userId)
    if (binding === undefined || binding.state === 'failed') open.push(userId)
  }
  return open
}

/** Ring after ring, and within each a few at a time; where one halts nobody else is touched. */
export async function runRollout(context: SyncContext, run: JobRun, connectionId: string | null): Promise<void> {
  const { rings, attributes } = run.input as Rollout
  await readProtection(context, await requireConnection(context, connectionId ?? ''))
  for (const [place, ring] of rings.entries()) {
    const todo = ring.filter((userId) => !run.finished.has(userId))
    const results: RingResult[] = []
    for (let at = 0; at < todo.length; at += atOnce) {
      const chunk = todo.slice(at, at + atOnce).map((userId) => ({ userId, what: 'bind' as const }))
      const connection = await requireConnection(context, connectionId ?? '')
      const told = isFollowing(connection)
        ? await runChunk(context, run, connection, { dryRun: false, attributes }, chunk)
        : null
      if (told !== null)
        await run.report(told.map((each) => ({ ...each, result: { ...each.result, ring: place + 1 } })))
      for (const each of told ?? []) results.push(await resultOf(context, connection, each))
      const halt = told === null ? 'The connection does not follow any more.' : haltOf(results, ring.length)
      if (halt !== null) {
        return await run.note(`Stopped in ring ${place + 1} of ${rings.length}. ${halt} Mend it, then continue.`)
      }
      await run.breathe()
    }
  }
}

const isFollowing = (connection: ConnectionRow) =>
  connection.state === 'active' && settingsOf(connection).mode === 'apply'

/** A value that the mapping cannot make fails nobody's binding, and is just what the first ring is to find. */
async function resultOf(
  { store: { db } }: SyncContext,
  connection: ConnectionRow,
  { item, ok, result }: ItemResult,
): Promise<RingResult> {
  if (!ok) {
    const { code, detail } = result['error'] as { code: string; detail: string }
    return { kind: 'failed', code, detail }
  }
  if (result['result'] === 'held') return { kind: 'held' }
  const binding = await findBinding(db, connection.id, item)
  const [unmapped] = JSON.parse(binding?.unmapped ?? '[]') as { attribute: string; detail: string }[]
  if (unmapped === undefined) return { kind: 'bound' }
  return { kind: 'failed', code: `mapping ${unmapped.attribute}`, detail: `${unmapped.attribute}: ${unmapped.detail}` }
}
