import type { Role } from '@lockstep/shared/contract/user'

/** Who did it; stands in every event. */
export type Actor =
  | { kind: 'user'; id: string; name: string; role: Role | null }
  | {
      kind: 'token'
      id: string
      name: string
      role: Role
      allow: readonly string[]
    }
  | { kind: 'cli'; id: null; name: string }
  | { kind: 'system'; id: null; name: string }

export const system: Actor = { kind: 'system', id: null, name: 'Lockstep' }
