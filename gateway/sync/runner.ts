import { system } from '../domain/actor.ts'
import { nextAttemptAt } from '../store/bindings.ts'
import { findConnection, listConnections, updateConnection } from '../store/connections.ts'
import { acquireLease } from '../store/leases.ts'
import { claimOf } from './claims.ts'
import type { SyncContext } from './context.ts'
import { type CycleResult, runCycle } from './cycle.ts'

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

  const cycle = async (connectionId: string): Promise<CycleResult> => {
    const lease = await takeLease(connectionId)
    if (lease === undefined) throw new Error('Another gateway holds the lease of this connection.')
    try {
      const result = await runCycle(context, connectionId)
      await clearError(context, connectionId)
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
      if (connection.state !== 'paused') {
        await inTurn(loop, () => cycle(connectionId)).then(
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
      const next = failed ? null : await nextAttemptAt(context.store.db, connectionId)
      const now = context.runtime.now()
      const soonest = left > 0 ? now + againMs : next
      const waitMs = failed
        ? backoffMs
        : Math.min(options.everyMs, soonest === null ? options.everyMs : Math.max(soonest - now, againMs))
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
      return await (loop === undefined ? cycle(connectionId) : inTurn(loop, () => cycle(connectionId)))
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

async function recordError(context: SyncContext, connectionId: string, error: unknown): Promise<void> {
  const problem = describe(error)
  const connection = await findConnection(context.store.db, connectionId)
  // Whose tenant it is is for a person to decide, whatever else goes wrong meanwhile.
  if (connection === undefined || claimOf(connection).contested !== null) return
  const text = JSON.stringify(problem)
  const state = problem.signedOut ? 'error' : connection.state
  if (connection.error === text && connection.state === state) return
  await context.store.change(system, async (change) => {
    await updateConnection(change.trx, connectionId, { error: text, state })
    change.event({
      type: 'connection_error',
      outcome: 'failure',
      connection: connectionId,
      cause: problem.code,
      detail: problem.detail,
    })
  })
}

async function clearError(context: SyncContext, connectionId: string): Promise<void> {
  const connection = await findConnection(context.store.db, connectionId)
  if (connection === undefined || (connection.error === null && connection.state !== 'error')) return
  if (claimOf(connection).contested !== null) return
  await context.store.change(system, async (change) => {
    await updateConnection(change.trx, connectionId, {
      error: null,
      state: connection.state === 'error' ? 'active' : connection.state,
    })
    change.event({ type: 'connection_recovered', connection: connectionId })
  })
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
