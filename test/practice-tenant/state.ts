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
  /** What replicas show until they have caught up, oldest first; empty when all of them have. */
  versions: Version[]
  /** Wrong passwords in a row ("Protect user accounts from attacks with smart lockout"). */
  lockout: { wrong: string[]; count: number; until: number }
}

/** A state of a user and when each replica learns of it. Null: no such user. */
export type Version = { properties: Properties | null; visibleAt: readonly number[] }

export type Group = {
  id: string
  properties: Properties
  members: Set<string>
  owners: Set<string>
  deletedAt: number | null
}

/** A subscription. `excludes` and `needs` are SKUs that cannot, or must, be held with it. */
export type Sku = {
  skuId: string
  name: string
  enabled: number
  warning?: number
  appliesTo?: 'User' | 'Company'
  status?: 'Enabled' | 'Warning' | 'Suspended'
  excludes?: string
  needs?: string
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
  /** Whether it was a part of a batch. The batch as such is not listed. */
  batch: boolean
  /** Passwords removed. */
  body: unknown
}

export type Actor = 'app' | 'user'

export type Audit = {
  id: string
  at: number
  activity: string
  by: Actor
  targetId: string
  type: 'User' | 'Group'
  changes: { name: string; before: unknown; after: unknown }[]
}

export type SignInRecord = { at: number; userId: string; clientAppUsed: string; errorCode: number }

/** A change for the delta. Names: what changed; null: the object came, went or came back. */
export type Change = {
  seq: number
  id: string
  visibleAt: number
  names: readonly string[] | null
  members?: readonly { id: string; removed: boolean }[]
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
  /** Stops before the write takes effect, or before its answer leaves, until everything held is released. */
  hold?: 'before' | 'after' | undefined
}

export type QuotaSize = 'S' | 'M' | 'L' | 'off'

/** Where Microsoft's pages and observations contradict each other, both readings can be had. */
export type Switches = {
  /** App-only, setting a password needs a directory role besides the permission. */
  passwordNeedsRole: boolean
  /** A user in the recycle bin keeps the name and addresses. */
  deletedHoldsNames: boolean
  /** Deleted security groups go to the recycle bin as Microsoft 365 groups do. */
  securityGroupsRestorable: boolean
  /** 429 of the directory carries Retry-After. */
  retryAfter: boolean
  /** A restored user appears in the delta although no selected property changed. */
  restoreInDelta: boolean
  /** A batch with a throttled part answers 424 as a whole. */
  batchFailsWhenThrottled: boolean
  /** The tenant has Entra ID P1: its log of sign-ins can be read. */
  premium: boolean
  /** The tenant has Entra ID P2 or Governance: roles can be held for activation. */
  premiumP2: boolean
}

export type State = {
  readonly tenantId: string
  readonly app: {
    clientId: string
    objectId: string
    secrets: { hash: string; endsAt: number; hint: string }[]
    certificates: string[]
    permissions: Set<string>
    roles: Set<string>
    enabled: boolean
    /** Delegated permissions with admin consent: what the app may do for somebody who signs in. */
    delegated: Set<string>
    /** Where people come back to after they have signed in, of type Web. */
    redirectUris: Set<string>
  }
  readonly displayName: string
  readonly people: Map<string, Person>
  readonly byName: Map<string, string>
  readonly byAddress: Map<string, { kind: 'User' | 'Group'; id: string }>
  readonly byImmutableId: Map<string, string>
  readonly groups: Map<string, Group>
  readonly domains: Map<string, TenantDomain>
  readonly skus: Sku[]
  readonly roleAssignments: { id: string; principalId: string; roleDefinitionId: string }[]
  /** Roles that their holders have to activate first. */
  readonly roleEligibilities: { id: string; principalId: string; roleDefinitionId: string }[]
  readonly signIns: SignInRecord[]
  /** JPEG pictures in base64, by account. */
  readonly photos: Map<string, string>
  /** Since when accounts are synced from on-premises; null: they are not. */
  syncedAt: number | null
  /** Every change in order; the delta reads it. */
  readonly changes: { users: Change[]; groups: Change[] }
  readonly log: LogEntry[]
  readonly audits: Audit[]
  readonly switches: Switches
  /** Whose session the browser at the sign-in page has, and of which tenant; null: it asks for name and password. */
  signedIn: { userId: string; tenantId: string } | null
  faults: Fault[]
  /** What lets requests go on that are held. */
  held: (() => void)[]
  quota: QuotaSize
  lagMs: number
  latencyMs: number
  /** Delta tokens of another epoch are forgotten. */
  deltaEpoch: number
  seq: number
  clockMs: number
  readonly random: () => number
  now(): number
  /** A GUID for what comes into being. */
  newId(): string
}

export function createState(options: {
  tenantId: string
  clientId: string
  seed: number
  quota: QuotaSize
  lagMs: number
  latencyMs: number
  /** The clock and the ids, where a test decides them. */
  now?: () => number
  newId?: () => string
}): State {
  const now = options.now ?? Date.now
  const newId = options.newId ?? randomUUID
  const state: State = {
    tenantId: options.tenantId.toLowerCase(),
    displayName: 'Contoso',
    app: {
      clientId: options.clientId,
      objectId: newId(),
      secrets: [],
      certificates: [],
      permissions: new Set(),
      roles: new Set(),
      enabled: true,
      delegated: new Set(),
      redirectUris: new Set(),
    },
    people: new Map(),
    byName: new Map(),
    byAddress: new Map(),
    byImmutableId: new Map(),
    groups: new Map(),
    domains: new Map(),
    skus: [],
    roleAssignments: [],
    roleEligibilities: [],
    signIns: [],
    photos: new Map(),
    syncedAt: null,
    changes: { users: [], groups: [] },
    log: [],
    audits: [],
    switches: {
      passwordNeedsRole: true,
      deletedHoldsNames: false,
      securityGroupsRestorable: false,
      retryAfter: true,
      restoreInDelta: true,
      batchFailsWhenThrottled: false,
      premium: true,
      premiumP2: true,
    },
    signedIn: null,
    faults: [],
    held: [],
    quota: options.quota,
    lagMs: options.lagMs,
    latencyMs: options.latencyMs,
    deltaEpoch: 0,
    seq: 0,
    clockMs: 0,
    random: randomFrom(options.seed),
    now: () => now() + state.clockMs,
    newId,
  }
  return state
}

/** Passwords are kept as hashes: the practice tenant, too, cannot tell one. */
export const hashOf = (text: string) => createHash('sha256').update(`practice ${text}`).digest('hex')

/** A point in time as the directory writes it: whole seconds. */
export const instant = (state: State) => new Date(state.now()).toISOString().replace(/\.\d+Z$/, 'Z')

export function audit(
  state: State,
  by: Actor,
  activity: string,
  target: { id: string; type: 'User' | 'Group' },
  changes: Audit['changes'] = [],
): void {
  const { id: targetId, type } = target
  state.audits.push({ id: `Directory_${state.newId()}`, at: state.now(), activity, by, targetId, type, changes })
}
