import { createHash, randomUUID } from 'node:crypto'
import { randomFrom } from './random.ts'

export type Properties = Record<string, unknown>

/** A user as the directory holds it. A property that is absent was never set; null was cleared. */
export type Person = {
  id: string
  properties: Properties
  passwordHash: string
  mustChange: boolean
  deletedAt: number | null
  manager: string | null
  /** What a replica that lags still shows, and until when. Null: it does not know the object. */
  stale: { properties: Properties | null; until: number } | null
}

export type Group = {
  id: string
  properties: Properties
  members: Set<string>
  deletedAt: number | null
}

export type TenantDomain = {
  id: string
  isVerified: boolean
  isDefault: boolean
  isInitial: boolean
  authenticationType: 'Managed' | 'Federated'
  passwordValidityPeriodInDays: number | null
  federation: Properties | null
}

export type LogEntry = {
  at: number
  method: string
  path: string
  status: number
  requestId: string
  clientRequestId: string | null
  appId: string | null
  batch: boolean
  /** Passwords removed. */
  body: unknown
}

export type Audit = {
  id: string
  at: number
  activity: string
  by: 'app' | 'user'
  targetId: string
  type: 'User' | 'Group'
  changes: string[]
}

export type Fault = {
  match: { method?: string | undefined; path?: string | undefined }
  times: number
  status?: number | undefined
  code?: string | undefined
  retryAfter?: string | undefined
  /** The connection breaks before or after the write took effect. */
  drop?: 'before' | 'after' | undefined
  /** Refuse although it was applied. */
  applied?: boolean | undefined
  delayMs?: number | undefined
}

export type QuotaSize = 'S' | 'M' | 'L' | 'off'

export type State = {
  readonly tenantId: string
  readonly app: {
    clientId: string
    objectId: string
    secrets: { hash: string; endsAt: number }[]
    certificates: string[]
    permissions: Set<string>
    roles: Set<string>
    enabled: boolean
  }
  readonly displayName: string
  readonly people: Map<string, Person>
  readonly byName: Map<string, string>
  readonly byAddress: Map<string, { kind: 'User' | 'Group'; id: string }>
  readonly byImmutableId: Map<string, string>
  readonly groups: Map<string, Group>
  readonly domains: Map<string, TenantDomain>
  readonly roleAssignments: { id: string; principalId: string; roleDefinitionId: string }[]
  /** Every change of a user, in order; the delta reads it. */
  readonly changes: { seq: number; id: string; visibleAt: number }[]
  readonly groupChanges: { seq: number; id: string }[]
  readonly log: LogEntry[]
  readonly audits: Audit[]
  faults: Fault[]
  quota: QuotaSize
  lagMs: number
  latencyMs: number
  /** Delta tokens made before this sequence are forgotten. */
  forgottenBefore: number
  seq: number
  clockMs: number
  readonly random: () => number
  now(): number
}

export function createState(options: {
  tenantId: string
  clientId: string
  seed: number
  quota: QuotaSize
  lagMs: number
  latencyMs: number
}): State {
  const state: State = {
    tenantId: options.tenantId,
    displayName: 'Contoso',
    app: {
      clientId: options.clientId,
      objectId: randomUUID(),
      secrets: [],
      certificates: [],
      permissions: new Set(),
      roles: new Set(),
      enabled: true,
    },
    people: new Map(),
    byName: new Map(),
    byAddress: new Map(),
    byImmutableId: new Map(),
    groups: new Map(),
    domains: new Map(),
    roleAssignments: [],
    changes: [],
    groupChanges: [],
    log: [],
    audits: [],
    faults: [],
    quota: options.quota,
    lagMs: options.lagMs,
    latencyMs: options.latencyMs,
    forgottenBefore: 0,
    seq: 0,
    clockMs: 0,
    random: randomFrom(options.seed),
    now: () => Date.now() + state.clockMs,
  }
  return state
}

/** Passwords are kept as hashes: the practice tenant, too, cannot tell one. */
export const hashOf = (text: string) => createHash('sha256').update(`practice ${text}`).digest('hex')

/** Remembers what lagging replicas still show, and that there is something for the delta. */
export function touch(state: State, person: Person, before: Properties | null): void {
  const until = state.now() + (state.lagMs === 0 ? 0 : Math.round(state.lagMs * (0.2 + 0.8 * state.random())))
  person.stale = state.lagMs === 0 ? null : { properties: before, until }
  state.seq += 1
  state.changes.push({ seq: state.seq, id: person.id, visibleAt: until })
}

export function audit(
  state: State,
  by: 'app' | 'user',
  activity: string,
  targetId: string,
  type: 'User' | 'Group',
  changes: string[] = [],
): void {
  state.audits.push({ id: `Directory_${randomUUID()}`, at: state.now(), activity, by, targetId, type, changes })
}

const privileged = (state: State, groupId: string) =>
  state.groups.get(groupId)?.properties['isAssignableToRole'] === true

/** Holds a directory role, or is a member of a role-assignable group. */
export function isPrivileged(state: State, id: string): boolean {
  if (state.roleAssignments.some((assignment) => assignment.principalId === id)) return true
  for (const group of state.groups.values()) if (group.members.has(id) && privileged(state, group.id)) return true
  return false
}
