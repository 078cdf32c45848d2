import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '@lockstep/gateway/directory/context'
import { createDirectory } from '@lockstep/gateway/directory/directory'
import type { Hasher } from '@lockstep/gateway/directory/hasher'
import { recover } from '@lockstep/gateway/directory/housekeeping'
import { importUsers } from '@lockstep/gateway/directory/import-users'
import { tellOnce } from '@lockstep/gateway/directory/send-mails'
import { tellAdmins } from '@lockstep/gateway/directory/tell-admins'
import { updateUser } from '@lockstep/gateway/directory/update-user'
import { type Actor, system } from '@lockstep/gateway/domain/actor'
import { chainStart } from '@lockstep/gateway/domain/event-chain'
import type { ExpiryPolicy } from '@lockstep/gateway/domain/password-age'
import type { Runtime } from '@lockstep/gateway/domain/runtime'
import { insertConnection, sealCredential } from '@lockstep/gateway/store/connections'
import type { Database } from '@lockstep/gateway/store/schema'
import { openStore, type Store } from '@lockstep/gateway/store/store'
import { testVault } from '@lockstep/gateway/store/testing'
import type { Vault } from '@lockstep/gateway/store/vault'
import { createClaims } from '@lockstep/gateway/sync/claims'
import { defaultSettings } from '@lockstep/gateway/sync/connections'
import { createGates } from '@lockstep/gateway/sync/gates'
import { createSync, type Sync } from '@lockstep/gateway/sync/sync'
import { createTenants } from '@lockstep/gateway/sync/tenants'
import { randomFrom } from '../practice-tenant/random.ts'
import { licenceRules, putGroups } from './licence-rules.ts'
import { createLife, type Life, mortal } from './life.ts'
import { openPractice, type Practice } from './practice.ts'
import { createTime, type Time } from './time.ts'

export const connectionId = 'contoso'
export const admin: Actor = { kind: 'token', id: 'admin', name: 'Admin', role: 'admin', allow: ['approve', 'override'] }

/** How a history begins. */
export type Opening = {
  seed: number
  /** Accounts in the tenant. */
  people: number
  mode: 'observe' | 'apply'
  brake: 'tight' | 'wide'
  /** Whether the accounts are imported and bound before the first step. */
  imported: boolean
  /** Whether passwords expire, and then what. */
  expiry?: ExpiryPolicy
}

/** One gateway with all of its lives, the tenant, and the clock that they share. */
export type World = {
  readonly time: Time
  readonly practice: Practice
  readonly store: Store
  readonly vault: Vault
  readonly log: string[]
  readonly life: Life
  readonly directory: Context
  readonly sync: Sync
  /** Runs something of the gateway until it ends, or until the gateway was killed. The clock moves as far as it has to. */
  run<T>(work: () => Promise<T>): Promise<Ended<T>>
  /** Lets time pass with everything that is due in it. */
  pass(ms: number): Promise<void>
  /** Starts the gateway again, if it was killed. */
  revive(): Promise<boolean>
  end(): void
}

export type Ended<T> = { kind: 'done'; value: T } | { kind: 'threw'; error: unknown } | { kind: 'killed' }

/** The store on which one history after the other is played. */
export type Stage = {
  readonly store: Store
  play(opening: Opening): Promise<World>
  /** What was written to the files of the store since the last look. */
  written(): Buffer
  close(): Promise<void>
}

const startsAt = Date.UTC(2026, 0, 5, 9)
/** What a stopped process leaves behind is decided within this many turns, or it would never be. */
const turnsAtMost = 20_000

export async function openStage(): Promise<Stage> {
  // No history outlives the test, so that the disk need not be waited for.
  const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const folder = mkdtempSync(join(root, 'lockstep-machine-'))
  const file = join(folder, 'lockstep.db')
  let current: Runtime = { now: () => startsAt, newId: () => '', randomBytes: noBytes, sleep: async () => {} }
  const runtime: Runtime = {
    now: () => current.now(),
    newId: () => current.newId(),
    randomBytes: (count) => current.randomBytes(count),
    sleep: (ms, signal) => current.sleep(ms, signal),
  }
  const store = await openStore({ url: `sqlite:${file}`, runtime })
  const tables = (await store.db.introspection.getTables()).map(({ name }) => name as keyof Database)
  return {
    store,
    async play(opening) {
      const time = createTime(startsAt)
      current = runtimeOf(time, opening.seed)
      await clear(store, tables)
      return await openWorld(store, current, time, opening)
    },
    written() {
      const bytes = Buffer.concat([readFileSync(file), readFileSync(`${file}-wal`)])
      store.checkpoint()
      return bytes
    },
    async close() {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

const noBytes = (count: number) => new Uint8Array(count)

function runtimeOf(time: Time, seed: number): Runtime {
  const random = randomFrom(seed)
  let ids = 0
  return {
    now: time.now,
    newId: () => `e${seed}-${String(++ids).padStart(5, '0')}`,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256)),
    sleep: time.sleep,
  }
}

async function clear(store: Store, tables: readonly (keyof Database)[]): Promise<void> {
  await store.change(system, async (change) => {
    change.quiet('the next history')
    for (const table of tables) {
      if (table !== 'event_head') await change.trx.deleteFrom(table).execute()
    }
    await change.trx.updateTable('event_head').set({ seq: 0, hash: chainStart }).execute()
  })
  store.checkpoint()
}

async function openWorld(store: Store, runtime: Runtime, time: Time, opening: Opening): Promise<World> {
  const practice = openPractice(time, opening.seed, opening.people)
  const vault = testVault(7, runtime)
  await connect(store, vault, practice, opening)
  const log: string[] = []
  const begin = () => {
    const life = createLife()
    return { life, ...gatewayOf(life, { store, runtime, vault, practice, log, expiry: opening.expiry ?? null }) }
  }
  let gateway = begin()
  const run = async <T>(work: () => Promise<T>): Promise<Ended<T>> => {
    let ended: Ended<T> | undefined
    work().then(
      (value) => {
        ended = { kind: 'done', value }
      },
      (error: unknown) => {
        ended = { kind: 'threw', error }
      },
    )
    for (let turn = 0; turn < turnsAtMost; turn++) {
      await time.calm()
      if (ended !== undefined) return ended
      if (gateway.life.isOver) return { kind: 'killed' }
      if (!time.wakeNext()) break
    }
    throw new Error('Something of the gateway never ends.')
  }
  const start = async () => {
    await recover(gateway.directory)
    await gateway.sync.start()
  }
  await run(start)
  return {
    time,
    practice,
    store,
    vault,
    log,
    get life() {
      return gateway.life
    },
    get directory() {
      return gateway.directory
    },
    get sync() {
      return gateway.sync
    },
    run,
    async pass(ms) {
      const until = time.now() + ms
      for (let turn = 0; turn < turnsAtMost; turn++) {
        await time.calm()
        if (gateway.life.isOver || !time.wakeNext(until)) break
      }
      if (time.now() < until) time.jump(until - time.now())
    },
    async revive() {
      if (!gateway.life.isOver) return false
      for (const ending of gateway.life.endings) ending()
      time.forget()
      for (const id of practice.witness.sent) practice.witness.orphaned.add(id)
      gateway = begin()
      await run(start)
      return true
    },
    end() {
      gateway.life.endAfter(0)
      for (const ending of gateway.life.endings) ending()
      time.forget()
    },
  }
}

type Ground = {
  store: Store
  runtime: Runtime
  vault: Vault
  practice: Practice
  log: string[]
  expiry: ExpiryPolicy | null
}

function gatewayOf(life: Life, ground: Ground): { directory: Context; sync: Sync } {
  const { vault, practice } = ground
  const store = mortal.store(life, ground.store)
  const runtime = mortal.runtime(life, ground.runtime)
  const log = (line: Record<string, unknown>) => void ground.log.push(JSON.stringify(line))
  const tokens = { get: async () => 'practice', renew: async () => 'practice' }
  const access = { network: mortal.network(life, practice.network), tokens }
  const tenants = createTenants({ vault, runtime, allowedClouds: [], log, access })
  const sync = createSync(
    {
      store,
      vault,
      runtime,
      tenants,
      gates: createGates(),
      claims: createClaims({ store, runtime, tenants }),
      log,
      tell: (change, userId, message) => tellOnce(directory.context, change, userId, message),
      tellAdmins: (change, notice) => tellAdmins(directory.context, change, notice),
    },
    {
      everyMs: 10 * 60_000,
      owner: 'machine',
      delegated: { app: null, redirectUri: '' },
      importUsers: (run) => importUsers(directory.context, run),
      updateUser: (actor, userId, values) => updateUser(directory.context, actor, { userId, values }),
    },
  )
  const directory = createDirectory({
    store,
    vault,
    runtime,
    instance: {
      organisation: 'Practice',
      mail: null,
      retainEventDays: 400,
      secondFactor: 'nobody',
      passwordExpiry: ground.expiry,
    },
    publicUrl: 'https://id.contoso.example',
    hasher: mortal.hasher(life, quickHasher),
    sendPassword: sync.sendPassword,
    log,
  })
  return { directory: directory.context, sync }
}

const phcOf = (password: string) => `$quick$${createHash('sha256').update(password).digest('base64')}`

/** Not one for people: what takes long in a real one is not what these tests are about. */
export const quickHasher: Hasher = {
  hash: async (password) => phcOf(password.reveal()),
  verify: async (phc, password) => phc === phcOf(password.reveal()),
  hasFreeCore: () => false,
  isOutdated: () => false,
}

export const matchesHash = (phc: string, password: string) => phc === phcOf(password)

const brakes = {
  tight: { minimum: 3, share: 0.1, absolute: 25 },
  wide: { minimum: 25, share: 0.1, absolute: 25 },
}

async function connect(store: Store, vault: Vault, { state }: Practice, opening: Opening): Promise<void> {
  await store.change(system, async (change) => {
    change.quiet('the history begins connected')
    await putGroups(change)
    await insertConnection(change.trx, {
      id: connectionId,
      name: 'Contoso',
      tenant_id: state.tenantId,
      tenant_name: 'Contoso',
      domains: '["contoso.example"]',
      default_domain: 'contoso.example',
      cloud: '"global"',
      client_id: state.app.clientId,
      sealed_credential: sealCredential(vault, connectionId, { kind: 'secret', secret: 'practice' }),
      service_principal_id: state.app.objectId,
      state: 'active',
      settings: JSON.stringify({
        ...defaultSettings,
        mode: opening.mode,
        brake: brakes[opening.brake],
        licences: licenceRules,
      }),
      created_at: change.now,
    })
  })
}
