import type { Audit, LogEntry, State } from '../practice-tenant/state.ts'

/** A write of ours as it reached the tenant. */
export type SeenWrite = {
  at: number
  kind: 'create' | 'password' | 'enable' | 'block' | 'update' | 'revoke' | 'restore' | 'licence'
  eventId: string
  /** Of the account; empty for a create that made none. */
  accountId: string
  /** It took effect, whatever was answered. */
  applied: boolean
  password: string | null
  body: Record<string, unknown>
  /** What the account was before. */
  before: Readonly<Record<string, unknown>>
}

/** What one look at the tenant showed of who holds an address. */
export type SeenLookUp = { at: number; users: string[]; others: number }

/** Somebody enabled or blocked an account. */
export type Presence = { by: 'us' | 'others'; enabled: boolean; at: number; eventId: string | null }

/** What a bystander at the tenant's door sees: the bodies that the tenant's own log leaves out, and what became of them. */
export type Witness = {
  readonly writes: SeenWrite[]
  readonly lookUps: Map<string, SeenLookUp>
  /** Every event id that left the gateway with a write, received or not. */
  readonly sent: Set<string>
  /** Event ids of writes whose sender was killed before he had told of them, as far as anybody can tell. */
  readonly orphaned: Set<string>
  /** By account, in order: who enabled or blocked it. */
  readonly presence: Map<string, Presence[]>
}

export const createWitness = (): Witness => ({
  writes: [],
  lookUps: new Map(),
  sent: new Set(),
  orphaned: new Set(),
  presence: new Map(),
})

export type Part = { method: string; path: string; query: URLSearchParams; body: unknown; eventId: string | null }

/** The requests of a call: itself, or the parts of a batch. */
export function partsOf(call: { method: string; url: URL; headers: Record<string, string>; body: unknown }): Part[] {
  const path = call.url.pathname.slice('/v1.0'.length)
  if (path !== '/$batch') {
    const eventId = call.headers['client-request-id'] ?? null
    return [{ method: call.method, path, query: call.url.searchParams, body: call.body, eventId }]
  }
  const { requests } = call.body as {
    requests: { method: string; url: string; headers: Record<string, string>; body?: unknown }[]
  }
  return requests.map(({ method, url, headers, body }) => {
    const [path = '', query = ''] = url.split('?')
    const eventId = headers['client-request-id'] ?? null
    return { method, path, query: new URLSearchParams(query), body: body ?? null, eventId }
  })
}

export const isWrite = (part: Part) => part.method !== 'GET'

/** Notes the writes among parts that were just handled; `log` holds one entry for each part that the tenant took up. */
export function noteWrites(
  witness: Witness,
  state: State,
  parts: readonly Part[],
  log: readonly LogEntry[],
  audits: readonly Audit[],
  before: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): void {
  for (const [index, part] of parts.entries()) {
    const entry = log[index]
    if (!isWrite(part) || entry === undefined) continue
    const body = (part.body ?? {}) as Record<string, unknown>
    const kind = kindOf(part, body)
    const target = /[0-9a-f]{8}-[0-9a-f-]{27}/i.exec(part.path)?.[0]?.toLowerCase()
    const created = kind === 'create' ? createdBy(state, body, audits) : undefined
    const accountId = target ?? created ?? ''
    const audited = audits.some(({ targetId, by }) => by === 'app' && targetId === accountId)
    const applied = (entry.status >= 200 && entry.status < 300) || audited
    const profile = body['passwordProfile'] as { password?: string } | undefined
    witness.writes.push({
      at: state.now(),
      kind,
      eventId: part.eventId ?? '',
      accountId,
      applied,
      password: profile?.password ?? null,
      body,
      before: before.get(accountId) ?? {},
    })
    if (applied && (kind === 'enable' || kind === 'block'))
      notePresence(witness, accountId, {
        by: 'us',
        enabled: kind === 'enable',
        at: state.now(),
        eventId: part.eventId,
      })
  }
}

export function notePresence(witness: Witness, accountId: string, one: Presence): void {
  witness.presence.set(accountId, [...(witness.presence.get(accountId) ?? []), one])
}

function kindOf(part: Part, body: Record<string, unknown>): SeenWrite['kind'] {
  if (part.path === '/users') return 'create'
  if (part.path.endsWith('/revokeSignInSessions')) return 'revoke'
  if (part.path.endsWith('/restore')) return 'restore'
  if (part.path.endsWith('/assignLicense')) return 'licence'
  if ('passwordProfile' in body) return 'password'
  if ('accountEnabled' in body) return body['accountEnabled'] === true ? 'enable' : 'block'
  return 'update'
}

function createdBy(state: State, body: Record<string, unknown>, audits: readonly Audit[]): string | undefined {
  const made = audits.filter(({ activity, by }) => activity === 'Add user' && by === 'app')
  return made.find(({ targetId }) => {
    const properties = state.people.get(targetId)?.properties
    return properties?.['onPremisesImmutableId'] === body['onPremisesImmutableId']
  })?.targetId
}

/** Notes what questions about an address were answered. */
export function noteLookUps(witness: Witness, at: number, parts: readonly Part[], answers: readonly unknown[]): void {
  for (const [index, part] of parts.entries()) {
    const address = /mail eq '([^']+)'/.exec(part.query.get('$filter') ?? '')?.[1]
    const value = (answers[index] as { value?: { id: string }[] } | undefined)?.value
    if (part.method !== 'GET' || address === undefined || value === undefined) continue
    const ids = value.map(({ id }) => id)
    const last = witness.lookUps.get(address)
    const seen: SeenLookUp = last?.at === at ? last : { at, users: [], others: 0 }
    if (part.path === '/users') seen.users = ids
    else seen.others += ids.length
    witness.lookUps.set(address, seen)
  }
}
