import { chainStart } from '@lockstep/gateway/domain/event-chain'
import type { Database } from '@lockstep/gateway/store/schema'
import type { Model } from './model.ts'
import type { Presence, SeenWrite } from './witness.ts'
import type { World } from './world.ts'

type Rows<T extends keyof Database> = Database[T][]

/** What the checks look at after a step. */
export type Facts = {
  world: World
  model: Model
  memory: Memory
  users: Rows<'users'>
  credentials: Rows<'user_credentials'>
  bindings: Rows<'bindings'>
  connection: Database['connections']
  /** Blocks of ours that went out, or were about to when we were killed, and of which nobody knows whether they arrived. */
  blocking: Pick<Database['accounts'], 'id' | 'blocking_at'>[]
  /** Since the last check. */
  events: Rows<'events'>
  writes: SeenWrite[]
  written: Buffer
}

/** What the checks remember from one step to the next. */
export type Memory = {
  seq: number
  hash: string
  writes: number
  logged: number
  /** How many events there are by id, as far as the id went to the tenant. */
  events: Map<string, number>
  /** Ids in the tenant's log of writes that have no event yet. */
  unexplained: Set<string>
  /** Creates, blocks and wipes that nobody released. */
  counted: { at: number; what: string }[]
  /** The newest password that took effect, by account and person. */
  newest: Map<string, number>
  /** When the last cycle that was seen at its end, and the one before it, began to read. */
  cyclesBegan: [number, number]
  /** Accounts that are protected, and since when. */
  protectedSince: Map<string, number>
  owners: Map<string, string>
  /** What others blocked while a block of ours was on its way: only they know whose it is. */
  ambiguous: Set<Presence>
}

export const createMemory = (): Memory => ({
  seq: 0,
  hash: chainStart,
  writes: 0,
  logged: 0,
  events: new Map(),
  unexplained: new Set(),
  counted: [],
  newest: new Map(),
  cyclesBegan: [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  protectedSince: new Map(),
  owners: new Map(),
  ambiguous: new Set(),
})

/** A check says what is wrong, or nothing. */
export type Check = (facts: Facts) => string[]
