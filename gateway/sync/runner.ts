import { system } from '../domain/actor.ts'
import { isWaiting } from '../domain/quarantine.ts'
import { nextAttemptAt } from '../store/bindings.ts'
import { type ConnectionRow, findConnection, listConnections, updateConnection } from '../store/connections.ts'
import { acquireLease } from '../store/leases.ts'
import { claimOf } from './claims.ts'
import type { SyncContext } from './context.ts'
import { type CycleResult, runCycle } from './cycle.ts'
import { noteFailing, noteSignedOut, quarantineOf } from './quarantine.ts'

export type Runner = {
  /** A connection is new or usable again: run its cycles. */
  add(connectionId: string): void
  remove(connectionId: string): Promise<void>
  /** Something changed: run a cycle soon. */
  wake(connectionId: string): void
  /** Runs one cycle, after the one that may be under way. */
  cycleNow(connectionId: string): Promise<CycleResult>
  /** Resolves once the connection's accounts were read for the first time, or the time is up. */
  firstRead(connectionId: string, withinMs: number): Promise<void>
  stop(): Promise<void>
}

/** How long after a wake the cycle starts, in ms: changes that come together go together. */
const gatherMs = 100
/** How soon a cycle follows one that had to leave something, in ms. */
const againMs = 200
/** A lease outlives the longest request and clock error, in ms. */
const leaseMs = 60_000

type Loop = {
  alarm: Alarm
  stop: AbortController
  ended: Promise<void>
  /** The cycle under way, or the last one. */
  turn: Promise<unknown>
  firstRead: Promise<void>
}

export function createRunner(context: SyncContext, options: { everyMs: number; owner: string }): Runner {
  const loops = new Map<string, Loop>()

  /** One cycle at a time for a connection; the error of one is the error of its connection, not of the loop. */
  const inTurn = <T>(loop: Loop, run: () => Promise<T>): Promise<T> => {
    const mine = loop.turn.then(run)
    loop.turn = mine.catch(() => undefined)
    return mine
  }

  const takeLease = async (connectionId: string) =>
    await context.store.change(system, async (change) => {
      change.quiet('a lease')
      const { now } = change
      return await acquireLease(change.trx, {
        name: `connection ${connectionId}`,
        owner: options.owner,
        now,
        untilAt: now + leaseMs,
      })
    })

  const cycle = async (connectionId: string, insist: boolean): Promise<CycleResult> => {
    const lease = await takeLease(connectionId)
    if (lease === undefined) throw new Error('Another gateway holds the lease of this connection.')
    try {
      const result = await runCycle(context, connectionId, { insist })
      if (result.failing !== null) await recordFailing(context, connectionId, result, result.failing)
      else if (!result.waited && (await recover(context, connectionId))) result.left += 1
      return result
    } catch (error) {
      await recordError(context, connectionId, error)
      throw error
    }
  }

  const run = async (connectionId: string, loop: Loop, first: () => void) => {
    const { signal } = loop.stop
    let backoffMs = 2_000
    while (!signal.aborted) {
      const connection = await findConnection(context.store.db, connectionId)
      if (connection === undefined || connection.state === 'deactivated') return
      let failed = false
      let left = 0
      if (connection.state !== 'paused' && !isShutOut(connection, context.runtime.now())) {
        await inTurn(loop, () => cycle(connectionId, false)).then(
          (result) => {
            left = result.left
            first()
          },
          (error: unknown) => {
            failed = true
            context.log({ msg: 'a cycle failed', connection: connectionId, error: String(error) })
          },
        )
      }
      backoffMs = failed ? Math.min(backoffMs * 2, 15 * 60_000) : 2_000
      const now = context.runtime.now()
      const soonest = left > 0 ? now + againMs : failed ? now + backoffMs : await soonestRetryAt(context, connectionId)
      const untilNextMs = soonest === null ? options.everyMs : Math.max(soonest - now, againMs)
      const waitMs = failed ? untilNextMs : Math.min(options.everyMs, untilNextMs)
      await loop.alarm.sleep(waitMs, signal)
    }
  }

  return {
    add(connectionId) {
      if (loops.has(connectionId)) return loops.get(connectionId)?.alarm.ring()
      let first: () => void = () => {}
      const firstRead = new Promise<void>((resolve) => {
        first = resolve
      })
      const loop: Loop = {
        alarm: createAlarm(context),
        stop: new AbortController(),
        ended: Promise.resolve(),
        turn: Promise.resolve(),
        firstRead,
      }
      loops.set(connectionId, loop)
      loop.ended = run(connectionId, loop, first).finally(() => loops.delete(connectionId))
    },
    async remove(connectionId) {
      const loop = loops.get(connectionId)
      loop?.stop.abort()
      loop?.alarm.ring()
      await loop?.ended
      context.claims.forget(connectionId)
      await context.tenants.forget(connectionId)
    },
    wake: (connectionId) => loops.get(connectionId)?.alarm.ring(),
    async cycleNow(connectionId) {
      const loop = loops.get(connectionId)
      const insist = () => cycle(connectionId, true)
      return await (loop === undefined ? insist() : inTurn(loop, insist))
    },
    async firstRead(connectionId, withinMs) {
      const loop = loops.get(connectionId)
      if (loop === undefined) return
      const late = new AbortController()
      await Promise.race([loop.firstRead, context.runtime.sleep(withinMs, late.signal)])
      late.abort()
    },
    async stop() {
      const running = [...loops.values()]
      for (const loop of running) {
        loop.stop.abort()
        loop.alarm.ring()
      }
      await Promise.all(running.map((loop) => loop.ended))
      await context.tenants.close()
    },
  }
}

/** Wakes the one who sleeps; a wake that comes while nobody sleeps ends the next sleep at once. */
type Alarm = { ring(): void; sleep(ms: number, signal: AbortSignal): Promise<void> }

function createAlarm(context: SyncContext): Alarm {
  let rung = false
  let asleep: AbortController | null = null
  return {
    ring() {
      rung = true
      asleep?.abort()
    },
    async sleep(ms, signal) {
      const until = new AbortController()
      const end = () => until.abort()
      signal.addEventListener('abort', end, { once: true })
      asleep = until
      if (!rung && !signal.aborted) await context.runtime.sleep(ms, until.signal)
      asleep = null
      signal.removeEventListener('abort', end)
      if (rung && !signal.aborted) await context.runtime.sleep(gatherMs, signal)
      rung = false
    },
  }
}

/** A connection that cannot sign in is not asked again before its next attempt is due. */
const isShutOut = (connection: ConnectionRow, now: number) =>
  connection.state === 'error' && isWaiting(quarantineOf(connection), now)

/** When something is due again; in a quarantine not before the connection's own next attempt. */
async function soonestRetryAt(context: SyncContext, connectionId: string): Promise<number | null> {
  const retryAt = await nextAttemptAt(context.store.db, connectionId)
  const connection = await findConnection(context.store.db, connectionId)
  const quarantine = connection === undefined ? null : quarantineOf(connection)
  return quarantine === null ? retryAt : Math.max(quarantine.nextAttemptAt, retryAt ?? 0)
}

async function recordError(context: SyncContext, connectionId: string, error: unknown): Promise<void> {
  const { signedOut, ...problem } = describe(error)
  const connection = await findConnection(context.store.db, connectionId)
  // Whose tenant it is is for a person to decide, whatever else goes wrong meanwhile.
  if (connection === undefined || claimOf(connection).contested !== null) return
  const text = JSON.stringify(problem)
  if (!signedOut && connection.error === text) return
  await context.store.change(system, async (change) => {
    if (signedOut) return await noteSignedOut(context, change, connectionId, problem)
    await updateConnection(change.trx, connectionId, { error: text })
    change.event({
      type: 'connection_error',
      outcome: 'failure',
      connection: connectionId,
      cause: problem.code,
      detail: problem.detail,
    })
  })
}

async function recordFailing(
  context: SyncContext,
  connectionId: string,
  { applied, failed }: CycleResult,
  detail: string,
): Promise<void> {
  await context.store.change(system, async (change) => {
    await noteFailing(context, change, connectionId, { written: applied + failed, failed, detail })
  })
}

/** The cause of an error or quarantine is gone. True when there was one: then what waited can go at once. */
async function recover(context: SyncContext, connectionId: string): Promise<boolean> {
  const connection = await findConnection(context.store.db, connectionId)
  if (connection === undefined || claimOf(connection).contested !== null) return false
  if (connection.error === null && connection.state !== 'error' && connection.quarantine === null) return false
  await context.store.change(system, async (change) => {
    const connection = await findConnection(change.trx, connectionId)
    if (connection === undefined) return change.quiet('gone meanwhile')
    await updateConnection(change.trx, connectionId, {
      error: null,
      quarantine: null,
      state: connection.state === 'error' ? 'active' : connection.state,
    })
    change.event({ type: 'connection_recovered', connection: connectionId })
  })
  return true
}

function describe(error: unknown): { code: string; detail: string; remedy: string; signedOut: boolean } {
  const failure = (error as { failure?: { kind: string; code: string; detail: string; remedy: string } }).failure
  if (failure !== undefined) {
    return {
      code: failure.code,
      detail: failure.detail,
      remedy: failure.remedy,
      signedOut: failure.kind === 'signed_out',
    }
  }
  return {
    code: 'cycle_failed',
    detail: error instanceof Error ? error.message : 'The cycle ended with an error.',
    remedy: 'Lockstep tries again by itself. If it stays, look at the log and the preflight of the connection.',
    signedOut: false,
  }
}

/** Starts the cycles of everything that is connected. */
export async function startAll(context: SyncContext, runner: Runner): Promise<void> {
  for (const connection of await listConnections(context.store.db)) {
    if (connection.state !== 'deactivated') runner.add(connection.id)
  }
}
