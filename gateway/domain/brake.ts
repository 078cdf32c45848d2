import type { Change, Operation } from './operation.ts'

export type BrakeSettings = {
  /** Never engages below this many. */
  minimum: number
  /** Share of the bound accounts, 0 to 1. */
  share: number
  /** Always engages above this many. */
  absolute: number
}

export const defaultBrake: BrakeSettings = {
  minimum: 3,
  share: 0.1,
  absolute: 25,
}

/** How many countable changes make the brake engage. */
export function thresholdOf(settings: BrakeSettings, bound: number): number {
  return Math.min(settings.absolute + 1, Math.max(settings.minimum, Math.ceil(settings.share * bound)))
}

/** Creates, blocks, attribute wipes and licences taken back: what a mistake would do to many at once. */
export function weightOf(operation: Operation): number {
  switch (operation.kind) {
    case 'provision':
    case 'deprovision':
      return 1
    case 'take_over':
    case 'update':
    case 'licence':
      return operation.changes.some((change) => isWipe(change)) ? 1 : 0
    case 'set_password':
    case 'end_password':
    case 'reprovision':
    case 'restore':
    case 'revoke_sessions':
      return 0
  }
}

/** Whether this many new changes may go, on top of those of the last hour and the last 24 h. */
export function engaged(
  settings: BrakeSettings,
  bound: number,
  recent: { hour: number; day: number },
  now: number,
): boolean {
  if (now === 0) return false
  return now + Math.max(recent.hour, recent.day) >= thresholdOf(settings, bound)
}

/** A value of the person's is lost; a policy can be listed again. */
const isWipe = ({ attribute, before, after }: Change) =>
  attribute !== 'passwordPolicies' && after === null && before !== null
