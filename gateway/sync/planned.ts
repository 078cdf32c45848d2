import type { Outcome } from '../domain/failure.ts'
import type { Operation } from '../domain/operation.ts'
import type { BindingPlan } from '../domain/plan.ts'
import type { Unit } from './load.ts'

/** An operation with what became of it. */
export type Applied = { operation: Operation; eventId: string; outcome: Outcome<unknown> }

export type Planned = { unit: Unit; plan: BindingPlan }
