import { AccountId } from '@lockstep/shared/contract/ids'
import { z } from 'zod'
import type { ObservedAccount } from '../domain/account.ts'
import type { Runtime } from '../domain/runtime.ts'
import { accountSelect } from './attributes.ts'
import { isDeadToken, TenantError } from './failure.ts'
import { createGovernor, type Lane } from './governor.ts'
import { odata } from './odata.ts'
import { type Preflight, runPreflight } from './preflight.ts'
import { type Credential, createTokens } from './token.ts'
import { createTransport, ReadRefused } from './transport.ts'
import { GraphUser, merge, observe, Page, type PartialObservation, whole } from './wire.ts'
import type { Write } from './write.ts'
import { createWriter, type WriteOutcome } from './writer.ts'

export type { Preflight } from './preflight.ts'
export type { PartialObservation } from './wire.ts'
export type { Write } from './write.ts'

export type TenantOptions = {
  /** Origins without a path. */
  cloud: { graph: string; login: string }
  tenantId: string
  clientId: string
  credential: Credential
  runtime: Runtime
  log?: (line: { msg: string } & Record<string, unknown>) => void
}

/** A page of a delta round. The last one holds the link of the next round. */
export type ObservedPage =
  | {
      kind: 'page'
      accounts: PartialObservation[]
      removed: { id: AccountId; reason: string }[]
      deltaLink: string | null
    }
  | { kind: 'reset' }

export type FoundObject = { kind: 'user'; account: ObservedAccount } | { kind: 'group' | 'deleted'; id: string }

/** What we do to one Microsoft 365 tenant, in our words. */
export type Tenant = {
  preflight(): Promise<Preflight>
  /** One round from the link, or from the beginning; `reset` when the tenant has forgotten the link. */
  observe(deltaLink: string | null): AsyncIterable<ObservedPage>
  merge(before: ObservedAccount | null, told: PartialObservation): ObservedAccount | null
  /** The accounts as they are; those absent from the answer do not exist (any more). */
  readAccounts(ids: readonly AccountId[]): Promise<Map<AccountId, ObservedAccount>>
  /** Who holds this immutable id or any of these addresses, among users, groups and deleted users. */
  find(probe: { immutableId: string | null; addresses: readonly string[] }): Promise<FoundObject[]>
  /** Holders of directory roles and members of role-assignable groups. */
  protectedAccounts(): Promise<Map<AccountId, 'privileged_role'>>
  writeAll(
    writes: readonly Write[],
    lane: Lane,
    onOutcome: (index: number, outcome: WriteOutcome) => Promise<void> | void,
  ): Promise<void>
  close(): Promise<void>
}

const select = accountSelect.join(',')
const WithId = z.looseObject({ id: z.string() })
const readsAtOnce = 8

export function openTenant(options: TenantOptions): Tenant {
  const { runtime, cloud } = options
  const tokens = createTokens({
    ...cloud,
    tenantId: options.tenantId,
    clientId: options.clientId,
    credential: options.credential,
  })
  const transport = createTransport({ graph: cloud.graph, tokens, now: runtime.now })
  const governor = createGovernor(runtime)

  const items = async function* (url: string, headers?: Record<string, string>): AsyncGenerator<unknown> {
    for (let link: string | undefined = url; link !== undefined; ) {
      await governor.admit('bulk', { writes: 0, units: 1 })
      const page: z.infer<typeof Page> = parsed(Page, await transport.read(link, headers), link)
      yield* page.value
      link = page['@odata.nextLink']
    }
  }

  const readOne = async (id: AccountId): Promise<ObservedAccount | null> => {
    try {
      return whole(parsed(GraphUser, await transport.read(`/users/${id}?$select=${select}`), 'user'))
    } catch (error) {
      if (error instanceof ReadRefused && error.answer.status === 404) return null
      throw error
    }
  }

  const usersWhere = async (filter: string): Promise<ObservedAccount[]> => {
    const found: ObservedAccount[] = []
    for await (const item of items(`/users?$filter=${filter}&$select=${select}`)) {
      const account = whole(parsed(GraphUser, item, 'user'))
      if (account !== null) found.push(account)
    }
    return found
  }

  const idsWhere = async (collection: string, filter: string): Promise<string[]> => {
    const ids: string[] = []
    for await (const item of items(`${collection}?$filter=${filter}&$select=id`))
      ids.push(parsed(WithId, item, collection).id)
    return ids
  }

  const writer = createWriter({
    transport,
    governor,
    runtime,
    findByImmutableId: async (immutableId) =>
      (await usersWhere(odata`onPremisesImmutableId eq ${immutableId}`))[0]?.id ?? null,
  })

  return {
    preflight: () => runPreflight({ tokens, transport, tenantId: options.tenantId }),
    merge,
    async *observe(deltaLink) {
      let count = 0
      let link: string | null = deltaLink ?? `/users/delta?$select=${select}`
      while (link !== null) {
        await governor.admit('bulk', { writes: 0, units: 1 })
        const page: unknown = await transport.read(link).catch((error: unknown) => {
          if (error instanceof ReadRefused && deltaLink !== null && isDeadToken(error.answer)) return null
          throw error
        })
        if (page === null) {
          yield { kind: 'reset' }
          return
        }
        const { value, ...links }: z.infer<typeof Page> = parsed(Page, page, 'delta')
        const users = value.map((item) => parsed(GraphUser, item, 'delta'))
        count += users.length
        const next: string | null = links['@odata.nextLink'] ?? null
        yield {
          kind: 'page',
          accounts: users.filter((user) => user['@removed'] === undefined).map(observe),
          removed: users.flatMap((user) =>
            user['@removed'] === undefined ? [] : [{ id: user.id, reason: user['@removed'].reason }],
          ),
          deltaLink: next === null ? (links['@odata.deltaLink'] ?? null) : null,
        }
        link = next
      }
      if (deltaLink === null) governor.learn(count)
    },
    async readAccounts(ids) {
      const found = new Map<AccountId, ObservedAccount>()
      const queue = [...new Set(ids)]
      const worker = async () => {
        for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
          await governor.admit('bulk', { writes: 0, units: 1 })
          const account = await readOne(id)
          if (account !== null) found.set(id, account)
        }
      }
      await Promise.all(Array.from({ length: Math.min(readsAtOnce, queue.length) }, worker))
      return found
    },
    async find({ immutableId, addresses }) {
      const users = new Map<AccountId, ObservedAccount>()
      const others: FoundObject[] = []
      const keep = (accounts: readonly ObservedAccount[]) => {
        for (const account of accounts) users.set(account.id, account)
      }
      if (immutableId !== null) keep(await usersWhere(odata`onPremisesImmutableId eq ${immutableId}`))
      for (const address of addresses) {
        const proxy = odata`proxyAddresses/any(p:p eq ${`smtp:${address}`})`
        const [named, addressed, groups, deleted] = await Promise.all([
          usersWhere(odata`userPrincipalName eq ${address} or mail eq ${address}`),
          usersWhere(proxy),
          idsWhere('/groups', proxy),
          idsWhere('/directory/deletedItems/microsoft.graph.user', odata`mail eq ${address}`),
        ])
        keep(named)
        keep(addressed)
        others.push(
          ...groups.map((id) => ({ kind: 'group' as const, id })),
          ...deleted.map((id) => ({ kind: 'deleted' as const, id })),
        )
      }
      return [...[...users.values()].map((account) => ({ kind: 'user' as const, account })), ...others]
    },
    async protectedAccounts() {
      const holders = new Map<AccountId, 'privileged_role'>()
      const add = (id: unknown) => {
        const parsedId = AccountId.safeParse(id)
        if (parsedId.success) holders.set(parsedId.data, 'privileged_role')
      }
      const Assignment = z.looseObject({ principalId: z.string() })
      for await (const item of items('/roleManagement/directory/roleAssignments'))
        add(parsed(Assignment, item, 'role').principalId)
      for await (const item of items(
        `/groups?$filter=${encodeURIComponent('isAssignableToRole eq true')}&$select=id`,
      )) {
        const group = parsed(WithId, item, 'group').id
        for await (const member of items(`/groups/${group}/members?$select=id`))
          add(parsed(WithId, member, 'member').id)
      }
      return holders
    },
    writeAll: writer.writeAll,
    close: transport.close,
  }
}

/** An answer that is not what Graph documents makes no plan: it stops the cycle with its name. */
function parsed<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new TenantError({
    kind: 'unavailable',
    code: 'malformed_answer',
    detail: `Microsoft 365 answered something unreadable (${what.split('?')[0]}: ${result.error.issues[0]?.path.join('.') ?? ''}).`,
    remedy: 'Lockstep tries again by itself. If it stays, check for a proxy between this machine and Microsoft Graph.',
    requestId: null,
    retryAfterMs: null,
  })
}
