import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LockstepEvent } from '@lockstep/shared/contract/event'
import type { CreateUser } from '@lockstep/shared/contract/user'
import { system } from '../domain/actor.ts'
import { floorCost } from '../domain/hash-cost.ts'
import type { ExpiryPolicy } from '../domain/password-age.ts'
import { defaultPolicy } from '../domain/password-policy.ts'
import { Secret } from '../domain/secret.ts'
import { type TestRuntime, testRuntime } from '../domain/testing.ts'
import {
  type BindingRow,
  bindingsOfUser,
  blankBinding,
  findBinding,
  insertBinding,
  updateBinding,
} from '../store/bindings.ts'
import { findConnection, insertConnection } from '../store/connections.ts'
import { listEvents } from '../store/events.ts'
import { erasePending, findPending, openPending } from '../store/pending-passwords.ts'
import { findProposal, markProposalSent } from '../store/proposals.ts'
import { openStore, type Store } from '../store/store.ts'
import { testVault } from '../store/testing.ts'
import type { Breached, Context, DirectorySettings, LaneResult, PasswordLane } from './context.ts'
import { createUser } from './create-user.ts'
import { createHasher, type Hasher } from './hasher.ts'

/** How a tenant of the fake lane behaves. `lost`: it took the password, and the answer never came. */
export type Behaviour = 'accepts' | 'refuses' | 'unreachable' | 'lost'

/** A directory on a store of its own, with tenants that are only behaviours. */
export type TestDirectory = {
  context: Context
  runtime: TestRuntime
  /** Passwords as the tenants have them, by connection and user. */
  tenants: Map<string, string>
  behaviour: Map<string, Behaviour>
  /** Runs where the lane stands between its steps; may throw to play a crash. */
  pause: { beforeSent: () => Promise<void>; afterSent: () => Promise<void>; afterLanded: () => Promise<void> }
  hashes: { verify: number; hash: number }
  addConnection(id: string): Promise<void>
  bind(connectionId: string, userId: string): Promise<void>
  events(): Promise<LockstepEvent[]>
  /** Types of all events, oldest first. */
  eventTypes(): Promise<string[]>
  /** The bytes of every file of the store. */
  files(): Buffer[]
  /** Opens the same store again, as after a kill. */
  reopen(): Promise<void>
  /** A second gateway on the same store. */
  beside(): Promise<{ context: Context; close(): Promise<void> }>
  close(): Promise<void>
}

export async function testDirectory(seed = 1): Promise<TestDirectory> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-directory-'))
  const runtime = testRuntime(seed)
  const vault = testVault(seed, runtime)
  const open = () => openStore({ url: `sqlite:${join(folder, 'lockstep.db')}`, runtime, vault })
  const hashes = { verify: 0, hash: 0 }
  const settings = {
    publicUrl: 'https://id.contoso.example',
    organisation: 'Contoso',
    language: 'en' as const,
    passwordPolicy: defaultPolicy as DirectorySettings['passwordPolicy'],
    passwordExpiry: null as ExpiryPolicy | null,
    secondFactor: 'admins' as const,
    breached: null as Breached | null,
    retainEventDays: 400,
  }
  const nothing = async () => {}
  const directory: TestDirectory = {
    context: {
      store: await open(),
      vault,
      runtime,
      settings,
      hasher: counting(createHasher(floorCost), hashes),
      passwords: { send: (...args) => fakeLane(directory).send(...args) },
    },
    runtime,
    hashes,
    tenants: new Map(),
    behaviour: new Map(),
    pause: { beforeSent: nothing, afterSent: nothing, afterLanded: nothing },
    addConnection: (id) => addConnection(directory.context.store, id),
    bind: (connectionId, userId) => bind(directory.context.store, connectionId, userId),
    events: async () => (await listEvents(directory.context.store.db, { limit: 500 })).items.reverse(),
    eventTypes: async () => (await directory.events()).map((event) => event.type),
    files: () => readdirSync(folder).map((name) => readFileSync(join(folder, name))),
    async reopen() {
      await directory.context.store.close()
      directory.context = { ...directory.context, store: await open() }
    },
    async beside() {
      const store = await open()
      return { context: { ...directory.context, store }, close: () => store.close() }
    },
    async close() {
      await directory.context.store.close()
      rmSync(folder, { recursive: true })
    },
  }
  return directory
}

function counting(hasher: Hasher, counts: { verify: number; hash: number }): Hasher {
  return {
    ...hasher,
    verify(...given) {
      counts.verify += 1
      return hasher.verify(...given)
    },
    hash(...given) {
      counts.hash += 1
      return hasher.hash(...given)
    },
  }
}

/** A lane that keeps to the promises of `PasswordLane`. */
function fakeLane(directory: TestDirectory): PasswordLane {
  return {
    async send(userId, version) {
      const { store } = directory.context
      await directory.pause.beforeSent()
      const proposed = (await findProposal(store.db, userId))?.version === version
      if (proposed) {
        await store.change(system, async (change) => {
          change.quiet('sent')
          if (!(await markProposalSent(change.trx, userId, version))) throw new Error('The proposal is gone.')
        })
      }
      await directory.pause.afterSent()
      const results: LaneResult[] = []
      for (const binding of await bindingsOfUser(store.db, userId)) {
        const result = await sendOne(directory, binding, version)
        if (result !== null) results.push(result)
      }
      await directory.pause.afterLanded()
      return results
    },
  }
}

async function sendOne(directory: TestDirectory, binding: BindingRow, version: number): Promise<LaneResult | null> {
  const { store, vault } = directory.context
  const key = { connectionId: binding.connection_id, userId: binding.user_id }
  const row = await findPending(store.db, key, version)
  const connection = await findConnection(store.db, key.connectionId)
  if (row === undefined || connection === undefined) return null
  const base = { connectionId: connection.id, connection: connection.name, reason: null, refused: false }
  const behaviour = directory.behaviour.get(connection.id) ?? 'accepts'
  if (behaviour === 'unreachable')
    return { ...base, result: 'pending', reason: 'Microsoft 365 cannot be reached.', mayHaveLanded: false }
  if (behaviour === 'refuses')
    return { ...base, result: 'failed', reason: 'Microsoft 365 bans this word.', refused: true, mayHaveLanded: false }
  const target = { accountId: binding.account_id ?? '', tenantId: connection.tenant_id }
  directory.tenants.set(`${connection.id} ${key.userId}`, openPending(vault, row, target).reveal())
  if (behaviour === 'lost') return { ...base, result: 'pending', mayHaveLanded: true }
  await store.change(system, async (change) => {
    await erasePending(change.trx, key, { version })
    await updateBinding(change.trx, binding, {
      password_state: 'in_sync',
      password_version: version,
      password_synced_at: change.now,
    })
    change.event({ type: 'user_password_update_provision', user: key.userId, connection: connection.id })
  })
  return { ...base, result: 'updated', mayHaveLanded: true }
}

async function addConnection(store: Store, id: string): Promise<void> {
  await store.change(system, async (change) => {
    change.quiet('test')
    await insertConnection(change.trx, {
      id,
      name: `Tenant ${id}`,
      tenant_id: `tenant-${id}`,
      tenant_name: 'Contoso',
      domains: '["contoso.example"]',
      default_domain: 'contoso.example',
      cloud: '"global"',
      client_id: 'client',
      sealed_credential: null,
      service_principal_id: null,
      state: 'active',
      settings: '{"passwordTakeover":true}',
      created_at: change.now,
    })
  })
}

/** An object id, always the same for the same person. */
function accountIdOf(connectionId: string, userId: string): string {
  const hex = createHash('sha256').update(`${connectionId} ${userId}`).digest('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

/** A binding to an account that nobody has looked at yet. */
async function bind(store: Store, connectionId: string, userId: string): Promise<void> {
  await store.change(system, async (change) => {
    change.quiet('test')
    if ((await findBinding(change.trx, connectionId, userId)) !== undefined) return
    await insertBinding(change.trx, {
      ...blankBinding({ connection_id: connectionId, user_id: userId, created_at: change.now }),
      account_id: accountIdOf(connectionId, userId),
      state: 'in_sync',
      attributes_mode: 'ours_win',
      dirty: 0,
      password_state: 'awaiting_login',
    })
  })
}

/** Two passwords that every rule accepts. */
/** Somebody active called Ana, with the password `oldPassword`, who was sent no mail. */
export const createAna = ({ context }: Pick<TestDirectory, 'context'>, more: Partial<CreateUser> = {}) =>
  createUser(context, system, {
    email: 'ana@contoso.example',
    displayName: 'Ana',
    initialPassword: oldPassword.reveal(),
    state: 'active',
    sendMail: false,
    ...more,
  })

export const oldPassword = new Secret('Purple-Kettle-42-Rain')
export const newPassword = new Secret('Amber-Lantern-77-Snow')
