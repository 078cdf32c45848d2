import { hkdfSync } from 'node:crypto'
import type { Instant, Runtime } from '../domain/runtime.ts'
import { isSteady, type Watch, watched } from '../domain/steady-clock.ts'
import { createPrivate, promotePrivate, readPrivate, stagePrivate } from './private-file.ts'

/** What makes the keys of pending passwords differ from day to day, and those of days gone by impossible to make again. */
export type PendingDays = {
  /** The day that passwords are sealed on now. */
  today(): number
  /** Null for a day that is forgotten, and for one that is too far ahead. */
  secretOf(day: number): Uint8Array | null
}

const dayMs = 86_400_000
/** As long as a pending password lives, and a day because it begins within one. */
const keptDays = 4
const secretBytes = 32

/** The secret of the first day that can still be made; each day's follows from the one before, and never the other way. */
type State = { first: number; secret: Uint8Array }

/**
 * Opens the state in `file`, or begins one there. `moveOn` forgets days that nothing waits from any more; called every few
 * minutes by whoever serves, it does nothing until the clock has held for an hour, for what it forgets is gone for good.
 */
export function openPendingDays(file: string, runtime: Pick<Runtime, 'now' | 'randomBytes'>) {
  const oldest = () => dayOf(runtime.now()) - keptDays
  let state = load(file, () => ({ first: oldest(), secret: runtime.randomBytes(secretBytes) }))
  let watch: Watch | null = null
  const days = {
    // A clock that went back seals with the oldest key that is left.
    today: () => Math.max(dayOf(runtime.now()), state.first),
    secretOf: (day: number) =>
      day < state.first || day > days.today() + keptDays ? null : ahead(state, day - state.first).secret,
    moveOn(): void {
      watch = watched(watch, runtime.now())
      const steps = oldest() - state.first
      if (steps <= 0 || !isSteady(watch)) return
      state = ahead(state, steps)
      stagePrivate(file, bytesOf(state))
      promotePrivate(file)
    },
  }
  return days satisfies PendingDays
}

export const dayOf = (now: Instant) => Math.floor(now / dayMs)

function ahead({ first, secret }: State, steps: number): State {
  let next = secret
  for (let step = 0; step < steps; step++)
    next = new Uint8Array(hkdfSync('sha256', next, new Uint8Array(0), 'lockstep/v1/pending-day', secretBytes))
  return { first: first + steps, secret: next }
}

function load(file: string, begin: () => State): State {
  const found = parse(readPrivate(file))
  if (found !== null) return found
  const state = begin()
  createPrivate(file, bytesOf(state))
  // Somebody else may have begun one at the same moment.
  const kept = parse(readPrivate(file))
  if (kept === null)
    throw new Error(`${file} is damaged. Move it away; passwords that wait are sealed anew at sign-in.`)
  return kept
}

function bytesOf({ first, secret }: State): Buffer {
  const bytes = Buffer.alloc(4 + secretBytes)
  bytes.writeUInt32BE(first)
  bytes.set(secret, 4)
  return bytes
}

function parse(bytes: Buffer | undefined): State | null {
  if (bytes?.length !== 4 + secretBytes) return null
  return { first: bytes.readUInt32BE(), secret: new Uint8Array(bytes.subarray(4)) }
}
