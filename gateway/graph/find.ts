import { AccountId } from '@lockstep/shared/contract/ids'
import { z } from 'zod'
import type { ObservedAccount } from '../domain/account.ts'
import { accountSelect, withManager } from './attributes.ts'
import { failureOf } from './failure.ts'
import { odata } from './odata.ts'
import { parsed, type Reader } from './reader.ts'
import { ReadRefused } from './transport.ts'
import { GraphUser, Page, WholeUser } from './wire.ts'

export type Probe = { immutableId: string | null; addresses: readonly string[] }
export type MatchedBy = 'immutable_id' | 'user_principal_name' | 'address'

/** Something in the tenant that holds the immutable id or an address, and which of them. */
export type FoundObject =
  | { kind: 'user'; account: ObservedAccount; matched: MatchedBy[] }
  | { kind: 'deleted'; id: AccountId; immutableId: string | null; matched: MatchedBy[] }
  | { kind: 'group'; id: string; matched: MatchedBy[] }

/** Deleted users keep their addresses; only those of users and groups are looked at beside them. */
const collections = [
  { kind: 'user', url: '/users', select: `${accountSelect.join(',')}&${withManager}` },
  {
    kind: 'deleted',
    url: '/directory/deletedItems/microsoft.graph.user',
    select: 'id,userPrincipalName,mail,proxyAddresses,onPremisesImmutableId',
  },
  { kind: 'group', url: '/groups', select: 'id,mail,proxyAddresses' },
] as const

/** Graph takes at most 15 expressions in a filter; an address needs up to three of them and the immutable id one. */
const addressesAtOnce = 4

/** One question to a collection: plain filters alone, for those that need `ConsistencyLevel` read an index that lags. */
function filterOf(kind: FoundObject['kind'], { immutableId, addresses }: Probe): string {
  const held = addresses.flatMap((address) => [
    odata`mail eq ${address}`,
    odata`proxyAddresses/any(p:p eq ${`smtp:${address}`})`,
  ])
  if (kind === 'group') return held.join(or)
  const own = immutableId === null ? [] : [odata`onPremisesImmutableId eq ${immutableId}`]
  const names = addresses.map((address) => odata`userPrincipalName eq ${address}`)
  return [...own, ...names, ...held].join(or)
}

const or = odata` or `

function questionsOf({ immutableId, addresses }: Probe): { kind: FoundObject['kind']; url: string }[] {
  const probes: Probe[] = []
  for (let at = 0; at < Math.max(1, addresses.length); at += addressesAtOnce) {
    probes.push({ immutableId: at === 0 ? immutableId : null, addresses: addresses.slice(at, at + addressesAtOnce) })
  }
  return probes.flatMap((probe) =>
    collections.flatMap(({ kind, url, select }) => {
      const filter = filterOf(kind, probe)
      return filter === '' ? [] : [{ kind, url: `${url}?$filter=${filter}&$select=${select}` }]
    }),
  )
}

const Holder = z.looseObject({
  id: AccountId,
  userPrincipalName: z.string().nullish(),
  mail: z.string().nullish(),
  proxyAddresses: z.array(z.string()).nullish(),
  onPremisesImmutableId: z.string().nullish(),
})

/** Who holds this immutable id or any of these addresses, among users, groups and deleted users; asked all together. */
export async function findHolders(reader: Reader, probe: Probe, now: () => number): Promise<FoundObject[]> {
  const questions = questionsOf(probe)
  const answers = await reader.readMany(questions.map(({ url }) => url))
  const found = new Map<string, FoundObject>()
  for (const [index, { kind, url }] of questions.entries()) {
    const answer = answers[index] ?? { status: 502, headers: {}, body: null }
    if (answer.status !== 200) throw new ReadRefused(answer, failureOf(answer, 'read', now()))
    const { value, '@odata.nextLink': next } = parsed(Page, answer.body, url)
    const note = (item: unknown) => {
      const object = foundOf(kind, item, probe, url)
      found.set(object.kind === 'user' ? object.account.id : object.id, object)
    }
    value.forEach(note)
    if (next !== undefined) for await (const item of reader.items(next)) note(item)
  }
  return [...found.values()]
}

function foundOf(kind: FoundObject['kind'], item: unknown, probe: Probe, url: string): FoundObject {
  const holder = parsed(Holder, item, url)
  const matched = matchedBy(holder, probe)
  if (kind === 'deleted') return { kind, id: holder.id, immutableId: holder.onPremisesImmutableId ?? null, matched }
  if (kind === 'group') return { kind, id: holder.id, matched }
  return { kind, account: parsed(WholeUser, item, url), matched }
}

function matchedBy(holder: z.infer<typeof Holder>, { immutableId, addresses }: Probe): MatchedBy[] {
  const wanted = new Set(addresses.map((address) => address.toLowerCase()))
  const held = [holder.mail ?? '', ...(holder.proxyAddresses ?? []).map((address) => address.replace(/^smtp:/i, ''))]
  const matched: MatchedBy[] = []
  if (immutableId !== null && holder.onPremisesImmutableId === immutableId) matched.push('immutable_id')
  if (wanted.has((holder.userPrincipalName ?? '').toLowerCase())) matched.push('user_principal_name')
  if (held.some((address) => wanted.has(address.toLowerCase()))) matched.push('address')
  return matched
}

/** The account that holds this immutable id; null when none is seen. */
export async function findByImmutableId(reader: Reader, immutableId: string): Promise<AccountId | null> {
  const url = `/users?$filter=${odata`onPremisesImmutableId eq ${immutableId}`}&$select=id`
  for await (const item of reader.items(url)) return parsed(GraphUser, item, url).id
  return null
}
