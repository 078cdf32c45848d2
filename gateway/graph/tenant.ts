import type { AccountId } from '@lockstep/shared/contract/ids'
import type { ObservedAccount } from '../domain/account.ts'
import type { Administrator } from '../domain/break-glass.ts'
import type { ObservedGroup } from '../domain/group.ts'
import type { Log } from '../domain/log.ts'
import type { Runtime } from '../domain/runtime.ts'
import { accountSelect, withManager } from './attributes.ts'
import { readCredentialEnd } from './credential-end.ts'
import { createDelegatedTokens, type DelegatedCredential } from './delegated.ts'
import { followDelta, type ObservedPage } from './delta.ts'
import { failureOf, isMissing } from './failure.ts'
import { type FoundObject, findByImmutableId, findHolders } from './find.ts'
import { createGovernor, type Lane } from './governor.ts'
import { findGroupByNickname, followGroups, type GroupPage, readGroupMembers } from './groups-delta.ts'
import { readInherited, readStock, type SkuStock } from './licences.ts'
import { type Marker, readMarkers } from './marker.ts'
import { type Network, openNetwork } from './network.ts'
import { type ManagerPair, readMailboxPurposes, readManagers, readMembers, readPhoto } from './people-extras.ts'
import { type Preflight, runPreflight } from './preflight.ts'
import { readGlobalAdministrators } from './preflight-administrators.ts'
import { readProtected } from './protected.ts'
import { createReader, parsed, type Reader } from './reader.ts'
import { readingOnly } from './reading-only.ts'
import { type Credential, createTokens, type Tokens } from './token.ts'
import { createTransport, ReadRefused } from './transport.ts'
import type { WriteOutcome } from './verdict.ts'
import { GraphUser, merge, observe, type PartialObservation, WholeUser } from './wire.ts'
import type { Write } from './write.ts'
import { createWriter } from './writer.ts'

export type { ObservedPage } from './delta.ts'
export type { FoundObject, MatchedBy } from './find.ts'
export { completeGroup, type GroupPage, type GroupSlice } from './groups-delta.ts'
export type { SkuStock } from './licences.ts'
export type { Marker } from './marker.ts'
export type { Network } from './network.ts'
export type { ManagerPair } from './people-extras.ts'
export type { Preflight } from './preflight.ts'
export type { WriteOutcome } from './verdict.ts'
export type { PartialObservation } from './wire.ts'
export type { Write } from './write.ts'

export type TenantOptions = {
  /** Origins without a path. */
  cloud: { graph: string; login: string }
  tenantId: string
  clientId: string
  credential: Credential | DelegatedCredential
  /** Refused: whatever is asked for, nothing but reads leaves this machine. */
  writes: 'allowed' | 'refused'
  runtime: Runtime
  log?: (line: { msg: string } & Record<string, unknown>) => void
} & TenantAccess

/** What is neither this machine's network nor Microsoft's sign-in service. */
export type TenantAccess = { network?: Network; tokens?: Tokens }

/** What we do to one Microsoft 365 tenant, in our words. */
export type Tenant = {
  preflight(): Promise<Preflight>
  /** When our own secret or certificate ends; null: nobody tells. */
  credentialEndsAt(): Promise<number | null>
  globalAdministrators(): Promise<Administrator[]>
  /** One round from the link, or from the beginning; `reset` when the tenant has forgotten the link. */
  observe(deltaLink: string | null): AsyncIterable<ObservedPage>
  merge(before: ObservedAccount | null, told: PartialObservation): ObservedAccount | null
  /** The accounts as they are; those absent from the answer do not exist (any more). */
  readAccounts(ids: readonly AccountId[]): Promise<Map<AccountId, ObservedAccount>>
  /** When the password of each account changed last, page by page. */
  passwordTimes(): AsyncIterable<{ id: AccountId; passwordChangedAt: number | null }[]>
  /** Which of these are among the deleted users, where they can be restored for 30 days. */
  readDeleted(ids: readonly AccountId[]): Promise<Set<AccountId>>
  /** Who holds this immutable id or any of these addresses, among users, groups and deleted users. */
  find(probe: { immutableId: string | null; addresses: readonly string[] }): Promise<FoundObject[]>
  /** Holders of directory roles, those who can activate one, and members of role-assignable groups. */
  protectedAccounts(lane?: Lane): Promise<Map<AccountId, 'privileged_role'>>
  /** Who manages whom, of everybody or of these. */
  managersOf(ids: readonly AccountId[] | 'all'): AsyncIterable<ManagerPair>
  /** What these mailboxes are for, as far as the tenant tells. */
  mailboxPurposes(ids: readonly AccountId[]): Promise<Map<AccountId, string>>
  /** Ids of everything in a group, also through groups in it. */
  membersOf(groupId: string): Promise<Set<string>>
  /** The photo of an account; null when there is none. */
  photoOf(id: AccountId): Promise<Uint8Array | 'too_large' | null>
  /** Groups and who is in them: one round from the link, or from the beginning. */
  observeGroups(deltaLink: string | null): AsyncIterable<GroupPage>
  findGroupByNickname(nickname: string): Promise<ObservedGroup | null>
  /** Who is in a group itself. */
  groupMembers(groupId: string): Promise<string[]>
  /** The licences that people can hold; null when we may not read them. */
  licenceStock(lane?: Lane): Promise<SkuStock[] | null>
  /** By account: the SKUs that it holds through groups of the tenant alone. */
  inheritedLicences(ids: readonly AccountId[]): Promise<Map<AccountId, string[]>>
  /** The groups that say which gateway the tenant follows; null when we may not read groups. */
  readMarkers(knownId: string | null): Promise<Marker[] | null>
  writeAll(
    writes: readonly Write[],
    lane: Lane,
    onOutcome: (index: number, outcome: WriteOutcome) => Promise<void> | void,
  ): Promise<void>
  close(): Promise<void>
}

/** How long reads that the tenant puts off are waited for, in ms: a person waits for a preflight, nobody for a cycle. */
const patienceMs = { interactive: 10_000, bulk: 10 * 60_000 } as const satisfies Record<Lane, number>

export function openTenant(options: TenantOptions): Tenant {
  const { runtime, cloud, tenantId, clientId, credential } = options
  const log: Log = options.log ?? (() => undefined)
  const tokens = options.tokens ?? tokensOf(options)
  const network = options.network ?? openNetwork(new URL(cloud.graph).origin)
  const open = createTransport({ graph: cloud.graph, tokens, network, now: runtime.now })
  const transport = options.writes === 'allowed' ? open : readingOnly(open)
  const governor = createGovernor(runtime)
  const readerOf = (lane: Lane) =>
    createReader({ transport, governor, runtime, log, lane, patienceMs: patienceMs[lane] })
  const reader = readerOf('bulk')
  const writer = createWriter({
    graph: new URL(cloud.graph).origin,
    transport,
    governor,
    runtime,
    log,
    findByImmutableId: (immutableId) => findByImmutableId(reader, immutableId),
  })
  return {
    preflight: () =>
      runPreflight({
        tokens,
        tenantId,
        clientId,
        credential,
        reader: readerOf('interactive'),
        graph: cloud.graph,
        now: runtime.now,
      }),
    credentialEndsAt: () => readCredentialEnd(reader, { clientId, credential, now: runtime.now }),
    globalAdministrators: () => readGlobalAdministrators(readerOf('interactive'), runtime.now),
    merge,
    observe: (deltaLink) => followDelta({ reader, log, learn: governor.learn }, deltaLink),
    readAccounts: (ids) => readAccounts(reader, [...new Set(ids)], runtime.now),
    passwordTimes: () => passwordTimes(reader),
    readDeleted: (ids) => readDeleted(reader, [...new Set(ids)], runtime.now),
    find: (probe) => findHolders(reader, probe, runtime.now),
    protectedAccounts: (lane = 'bulk') => readProtected(readerOf(lane)),
    managersOf: (ids) => readManagers(reader, ids, runtime.now),
    mailboxPurposes: (ids) => readMailboxPurposes(readerOf('interactive'), ids),
    membersOf: (groupId) => readMembers(readerOf('interactive'), groupId),
    photoOf: (id) => readPhoto(reader, id, runtime.now),
    observeGroups: (deltaLink) => followGroups(reader, deltaLink),
    findGroupByNickname: (nickname) => findGroupByNickname(reader, nickname),
    groupMembers: (groupId) => readGroupMembers(reader, groupId),
    licenceStock: (lane = 'bulk') => readStock(readerOf(lane)),
    inheritedLicences: (ids) => readInherited(reader, ids, runtime.now),
    readMarkers: (knownId) => readMarkers(readerOf('interactive'), knownId),
    writeAll: writer.writeAll,
    async close() {
      governor.close()
      await transport.close()
    },
  }
}

function tokensOf({ cloud, tenantId, clientId, credential }: TenantOptions): Tokens {
  return credential.kind === 'delegated'
    ? createDelegatedTokens({ ...cloud, tenantId, clientId, credential })
    : createTokens({ ...cloud, tenantId, clientId, credential })
}

const urlOf = (id: AccountId) => `/users/${id}?$select=${accountSelect.join(',')}&${withManager}`

async function readAccounts(
  reader: Reader,
  ids: readonly AccountId[],
  now: () => number,
): Promise<Map<AccountId, ObservedAccount>> {
  const answers = await reader.readMany(ids.map(urlOf))
  const found = new Map<AccountId, ObservedAccount>()
  for (const [index, id] of ids.entries()) {
    const answer = answers[index] ?? { status: 502, headers: {}, body: null }
    if (isMissing(answer)) continue
    if (answer.status !== 200) throw new ReadRefused(answer, failureOf(answer, 'read', now()))
    found.set(id, parsed(WholeUser, answer.body, '/users'))
  }
  return found
}

/** As many on a page as Graph gives ("List users", read 2026-11-23). */
const timesUrl = '/users?$select=id,lastPasswordChangeDateTime&$top=999'

async function* passwordTimes(reader: Reader): AsyncGenerator<{ id: AccountId; passwordChangedAt: number | null }[]> {
  for await (const page of reader.pages(timesUrl)) {
    yield page.map((item) => {
      const { id, passwordChangedAt = null } = observe(parsed(GraphUser, item, timesUrl))
      return { id, passwordChangedAt }
    })
  }
}

async function readDeleted(reader: Reader, ids: readonly AccountId[], now: () => number): Promise<Set<AccountId>> {
  const answers = await reader.readMany(ids.map((id) => `/directory/deletedItems/${id}?$select=id`))
  const found = new Set<AccountId>()
  for (const [index, id] of ids.entries()) {
    const answer = answers[index] ?? { status: 502, headers: {}, body: null }
    if (isMissing(answer)) continue
    if (answer.status !== 200) throw new ReadRefused(answer, failureOf(answer, 'read', now()))
    found.add(id)
  }
  return found
}
