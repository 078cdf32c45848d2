import { AsyncLocalStorage } from 'node:async_hooks'
import type { LockstepEvent } from '@lockstep/shared/contract/event'
import { Kysely, type KyselyPlugin, Migrator, type Transaction } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import { chainStart } from '../domain/event-chain.ts'
import type { Instant, Runtime } from '../domain/runtime.ts'
import { appendEvents, type DatedEvent, type NewEvent } from './events.ts'
import { migrations } from './migrations/migrations.ts'
import { keyCheck, pathIn } from './peek.ts'
import type { Database } from './schema.ts'
import { readSetting } from './settings.ts'
import { openSqlite } from './sqlite.ts'
import { KeyMismatch, type Vault } from './vault.ts'

/** A password never waits behind bulk work: whoever waits for it wakes the interactive lane. */
export type Lane = 'interactive' | 'bulk'

/** One transaction: what changes, why, and who has to hear of it once it is true. */
export type Change = {
  readonly trx: Transaction<Database>
  /** One time for everything in this change. */
  readonly now: Instant
  /** Returns the event's id. */
  event(event: NewEvent): string
  /** Wakes the lane of a connection after the commit. */
  wake(connectionId: string, lane: Lane): void
  /** Runs after the commit; never when it failed. */
  later(run: () => void): void
  /** Says why nobody has to read about this change, for example `observation`. Without it a change needs an event. */
  quiet(reason: string): void
}

export type Store = {
  /** For reading only; inside a change it refuses, since it would not see what the change wrote. */
  readonly db: Kysely<Database>
  /**
   * One transaction, one after the other. Everything in `run` goes through `change.trx`. Rolled back when `run` throws,
   * and when it wrote something without an event.
   */
  change<T>(actor: Actor, run: (change: Change) => Promise<T>): Promise<T>
  /** Called after each commit that woke a lane. Returns what ends it. */
  onWake(listener: (connectionId: string, lane: Lane) => void): () => void
  /** Called after the commit, once per event and in order. Returns what ends it. */
  onEvent(listener: (event: LockstepEvent) => void): () => void
  /** Empties the write-ahead log, so that what was erased is also gone from it. */
  checkpoint(): void
  close(): Promise<void>
}

export type StoreOptions = {
  /** `sqlite:PATH`. */
  url: string
  runtime: Runtime
  /** Checked against the key that the store was made with; `KeyMismatch` when it is another. */
  vault?: Vault
}

/** Opens the store and brings its tables up to date. */
export async function openStore({ url, runtime, vault }: StoreOptions): Promise<Store> {
  const file = openSqlite(pathIn(url))
  const writer = new Kysely<Database>({ dialect: file.writer })
  const inside = new AsyncLocalStorage<{ open: boolean }>()
  const db = new Kysely<Database>({ dialect: file.reader, plugins: [refuseInside(inside)] })
  const close = async () => {
    await queue.idle()
    await db.destroy()
    await writer.destroy()
  }
  const queue = createQueue()
  try {
    await migrate(writer)
    if (vault !== undefined) await checkKey(writer, vault)
  } catch (error) {
    await close()
    throw error
  }
  const wakes = createListeners<[connectionId: string, lane: Lane]>()
  const hearers = createListeners<[event: LockstepEvent]>()

  const change: Store['change'] = async (actor, run) => {
    if (inside.getStore()?.open === true) throw new Error('A change cannot begin inside another one.')
    const draft = createDraft(runtime)
    const { result, events } = await queue.run(() =>
      writer.transaction().execute(async (bare) => {
        const mark = { open: true }
        try {
          if (vault !== undefined) await assertKey(bare, vault)
          const trx = bare.withPlugin(watchWrites(draft)) as Transaction<Database>
          const result = await inside.run(mark, () => run(draft.change(trx)))
          if (draft.touched && draft.events.length === 0 && !draft.isQuiet)
            throw new Error('A change was about to be made without an event.')
          return { result, events: await appendEvents(bare, actor, draft.events) }
        } finally {
          mark.open = false
        }
      }),
    )
    for (const event of events) hearers.tell(event)
    for (const [connectionId, lane] of draft.wakes) wakes.tell(connectionId, lane)
    for (const task of draft.tasks) attempt(task)
    return result
  }
  return { db, change, onWake: wakes.add, onEvent: hearers.add, checkpoint: file.checkpoint, close }
}

async function migrate(db: Kysely<Database>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
  await db
    .insertInto('event_head')
    .values({ id: 1, seq: 0, hash: chainStart })
    .onConflict((c) => c.doNothing())
    .execute()
}

/** A store belongs to the key that opens it first. */
async function checkKey(db: Kysely<Database>, vault: Vault): Promise<void> {
  await db
    .insertInto('settings')
    .values({ key: keyCheck, value: vault.keyCheck() })
    .onConflict((c) => c.doNothing())
    .execute()
  await assertKey(db, vault)
}

/** Looked at in each change: what another process has sealed anew meanwhile must not be overwritten with the old key. */
async function assertKey(db: Kysely<Database>, vault: Vault): Promise<void> {
  if ((await readSetting(db, keyCheck)) !== vault.keyCheck()) throw new KeyMismatch()
}

function createDraft(runtime: Runtime) {
  const now = runtime.now()
  const events: DatedEvent[] = []
  const wakes = new Map<string, [string, Lane]>()
  const tasks: (() => void)[] = []
  const draft = {
    touched: false,
    isQuiet: false,
    events,
    tasks,
    get wakes() {
      return wakes.values()
    },
    change: (trx: Transaction<Database>): Change => ({
      trx,
      now,
      event(event) {
        const dated = { ...event, id: event.id ?? runtime.newId(), at: now }
        events.push(dated)
        return dated.id
      },
      wake: (connectionId, lane) => void wakes.set(`${lane} ${connectionId}`, [connectionId, lane]),
      later: (task) => void tasks.push(task),
      quiet: () => {
        draft.isQuiet = true
      },
    }),
  }
  return draft
}

/** Notices statements that changed rows. */
function watchWrites(draft: { touched: boolean }): KyselyPlugin {
  const writes = new WeakSet<object>()
  return {
    transformQuery({ node, queryId }) {
      if (node.kind !== 'SelectQueryNode') writes.add(queryId)
      return node
    },
    async transformResult({ result, queryId }) {
      if (writes.has(queryId) && (result.rows.length > 0 || (result.numAffectedRows ?? 0n) > 0n)) draft.touched = true
      return result
    },
  }
}

function refuseInside(inside: AsyncLocalStorage<{ open: boolean }>): KyselyPlugin {
  return {
    transformQuery({ node }) {
      if (inside.getStore()?.open === true) throw new Error('Inside a change read through change.trx, not store.db.')
      return node
    },
    transformResult: async ({ result }) => result,
  }
}

function createQueue() {
  let tail: Promise<unknown> = Promise.resolve()
  return {
    run<T>(task: () => Promise<T>): Promise<T> {
      const turn = tail.then(task)
      tail = turn.catch(() => {})
      return turn
    },
    idle: () => tail,
  }
}

function createListeners<A extends unknown[]>() {
  const all = new Set<(...args: A) => void>()
  return {
    add(listener: (...args: A) => void) {
      all.add(listener)
      return () => void all.delete(listener)
    },
    tell(...args: A) {
      for (const listener of all) attempt(() => listener(...args))
    },
  }
}

/** What was committed stays true even if somebody who hears of it fails. */
function attempt(task: () => void): void {
  try {
    task()
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error))
  }
}
