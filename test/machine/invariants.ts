import { createHash } from 'node:crypto'
import { chainHash } from '@lockstep/gateway/domain/event-chain'
import { closed } from '@lockstep/gateway/graph/failure'
import { openHash } from '@lockstep/gateway/store/credentials'
import { eventFromRow } from '@lockstep/gateway/store/events'
import type { Database } from '@lockstep/gateway/store/schema'
import type { Check, Facts, Memory } from './facts.ts'
import { licencesOfOthersAreLeftAlone } from './licence-rules.ts'
import { type Model, marks } from './model.ts'
import { protectedAccountsAreLeftAlone } from './protected-accounts.ts'
import type { Presence } from './witness.ts'
import { connectionId, matchesHash, type World } from './world.ts'

/** Invariant 1. */
export const nothingAcknowledgedIsLost: Check = ({ world, model, users, credentials, bindings, connection }) => {
  const wrong: string[] = []
  const living = new Map(users.filter(({ deleted_at }) => deleted_at === null).map((row) => [row.id, row]))
  for (const person of model.people.values()) {
    const row = living.get(person.id)
    if (row === undefined) {
      wrong.push(`${person.email} is gone`)
      continue
    }
    const { jobTitle = null, city = null } = JSON.parse(row.attributes) as Record<string, string | null>
    const held = { email: row.email, displayName: row.display_name, state: row.state, jobTitle, city }
    for (const [name, value] of Object.entries(held)) {
      const told = person[name as keyof typeof held]
      if (value !== told) wrong.push(`${person.email}: ${name} is ${value}, and somebody was told ${told}`)
    }
    const credential = credentials.find(({ user_id }) => user_id === person.id)
    const matches =
      credential === undefined
        ? person.password === null
        : person.password !== null && matchesHash(openHash(world.vault, credential), person.password)
    if (!matches) wrong.push(`${person.email}: the password in force is not the one that somebody was told`)
    const binding = bindings.find(({ user_id }) => user_id === person.id)
    if (person.binding === 'bound' && (binding === undefined || binding.unbind !== null))
      wrong.push(`${person.email} is not bound any more`)
    if (person.binding === 'leaving' && binding !== undefined && binding.unbind === null)
      wrong.push(`${person.email} is bound again`)
    if (person.binding === 'none' && binding !== undefined) wrong.push(`${person.email} is bound, and nobody did it`)
  }
  for (const { id, email } of living.values()) if (!model.people.has(id)) wrong.push(`nobody made ${email}`)
  const settings = JSON.parse(connection.settings) as { mode: string; driftPolicy: string }
  if (settings.mode !== model.mode) wrong.push(`the mode is ${settings.mode}`)
  if (settings.driftPolicy !== model.driftPolicy) wrong.push(`the drift policy is ${settings.driftPolicy}`)
  if (model.paused && connection.state !== 'paused') wrong.push(`the connection is ${connection.state}, not paused`)
  if (!model.paused && connection.state === 'paused') wrong.push('the connection is paused, and nobody did it')
  return wrong
}

/** Invariant 2. */
export const passwordsGoToTheirOwnersInOrder: Check = ({ model, memory, writes, bindings }) => {
  const wrong: string[] = []
  for (const write of writes) {
    const owner = write.password === null ? undefined : model.passwords.get(write.password)
    if (write.password !== null && owner === undefined && write.kind !== 'create')
      wrong.push('a password went out that nobody has ever thought up')
    if (owner === undefined) continue
    const bound = bindings.find(({ account_id }) => account_id === write.accountId)
    // While it is taken over an account is told by its names alone: the one to sign in with, which carries the id once it
    // is deleted, or the address of its mail.
    const names = ['userPrincipalName', 'mail'].map((key) => String(write.before[key]).replace(/^[0-9a-f]{32}/, ''))
    const email = model.people.get(owner.userId)?.email
    const named = names.some((name) => name.toLowerCase() === email)
    const whose = bound?.user_id ?? memory.owners.get(write.accountId) ?? (named ? owner.userId : undefined)
    const own =
      write.kind === 'create'
        ? immutableIdOf(owner.userId) === write.body['onPremisesImmutableId']
        : whose === owner.userId
    if (!own) wrong.push(`password ${owner.order} of ${owner.userId} went to the account of ${whose}`)
    if (!write.applied) continue
    const key = `${write.accountId} ${owner.userId}`
    const newest = memory.newest.get(key) ?? 0
    if (owner.order < newest) wrong.push(`password ${owner.order} of ${owner.userId} came after ${newest}`)
    memory.newest.set(key, Math.max(newest, owner.order))
  }
  for (const { account_id, user_id } of bindings) if (account_id !== null) memory.owners.set(account_id, user_id)
  return wrong
}

const immutableIdOf = (userId: string) => `lockstep-${userId}`

/** How long after a look an account may still be made, in ms: what was put off is sent again for minutes. */
const looksCountForMs = 15 * 60_000

/** Invariant 3. */
export const nobodyGetsASecondAccount: Check = ({ world, model, writes, bindings }) => {
  const wrong: string[] = []
  const { state, witness } = world.practice
  for (const write of writes) {
    if (write.kind !== 'create' || !write.applied) continue
    const address = String(write.body['userPrincipalName'])
    const look = witness.lookUps.get(address)
    if (look === undefined || write.at - look.at > looksCountForMs) wrong.push(`${address} was made without a look`)
    else if (look.at <= write.at && look.users.length + look.others > 0)
      wrong.push(`${address} was made although ${look.users.length + look.others} hold that address`)
  }
  for (const userId of model.people.keys()) {
    const own = [...state.people.values()].filter(
      ({ properties }) => properties['onPremisesImmutableId'] === immutableIdOf(userId),
    )
    if (own.length > 1) wrong.push(`${userId} has ${own.length} accounts`)
  }
  const owners = bindings.flatMap(({ account_id }) => account_id ?? [])
  if (new Set(owners).size < owners.length) wrong.push('two people are bound to one account')
  return wrong
}

/** What others do and undo within this time no cycle need have seen, in ms. */
const unseenForMs = 15 * 60_000

/** Invariant 4. */
export const onlyOurOwnBlocksAreLifted: Check = ({ world, model, memory, writes, blocking }) => {
  const wrong: string[] = []
  for (const { id, blocking_at } of blocking) {
    const last = world.practice.witness.presence.get(id)?.at(-1)
    if (last?.by === 'others' && Math.abs(last.at - Number(blocking_at)) <= unseenForMs) memory.ambiguous.add(last)
  }
  if (writes.length === 0) return wrong
  for (const [accountId, all] of world.practice.witness.presence) {
    const owner = memory.owners.get(accountId)
    const ticked = owner !== undefined && model.ticked.has(owner)
    all.forEach(({ by, enabled }, at) => {
      if (by === 'us' && enabled && !ticked && !mayBeOurBlock(all.slice(0, at), memory))
        wrong.push(`${accountId} was enabled, and not blocked by us`)
    })
  }
  return wrong
}

/** As far as we can know. */
function mayBeOurBlock(all: readonly Presence[], memory: Memory): boolean {
  const last = all.at(-1)
  if (last === undefined || last.by === 'us') return last !== undefined
  if (memory.ambiguous.has(last)) return true
  const before = all.at(-2)
  const unseen = before !== undefined && before.enabled !== last.enabled && last.at - before.at <= unseenForMs
  if (!unseen) return last.enabled
  // We were killed before we knew that we had enabled it, and found it blocked.
  if (before.by === 'us') return last.enabled || !memory.events.has(before.eventId ?? '')
  return mayBeOurBlock(all.slice(0, -2), memory)
}

const hourMs = 3_600_000

/**
 * Invariant 6, by what we were told to have gone; that there is no more than that, `everyWriteHasOneEvent` holds. A write
 * whose answer was lost is not among it, as it is not for the brake.
 */
export const nothingGoesPastTheBrake: Check = ({ world, model, memory, events, connection }) => {
  const { brake } = JSON.parse(connection.settings) as { brake: { minimum: number } }
  for (const event of events) {
    const what = countable(event)
    if (what === null || event.outcome !== 'success') continue
    const key = `${what} ${event.user_id}`
    const until = model.released.get(key)
    if (until === undefined || until < event.at) memory.counted.push({ at: event.at, what: key })
  }
  const now = world.time.now()
  memory.counted = memory.counted.filter(({ at }) => at > now - 24 * hourMs)
  // So few are bound that the share never counts for more than the minimum.
  if (memory.counted.length < brake.minimum) return []
  const what = memory.counted.map((one) => one.what).join(', ')
  return [`${memory.counted.length} went in 24 h without a release: ${what}`]
}

function countable({ type, changes }: Database['events']): 'create' | 'block' | 'unlicence' | null {
  if (type === 'user_licence_remove_provision') return 'unlicence'
  if (type === 'user_create_provision') return 'create'
  return type === 'user_deprovision' && changes.includes('"accountEnabled"') ? 'block' : null
}

/** Invariant 8. */
export const noPasswordIsWrittenDown: Check = ({ world, written }) => [
  ...marks.filter((mark) => written.includes(mark)).map((mark) => `${mark} stands in the store`),
  ...marks.filter((mark) => world.log.some((line) => line.includes(mark))).map((mark) => `${mark} stands in the log`),
]

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')

/** Invariant 9: the chain. */
export const theChainHolds: Check = ({ memory, events }) => {
  for (const row of events) {
    if (row.seq !== memory.seq + 1 || row.hash !== chainHash(memory.hash, eventFromRow(row), sha256))
      return [`event ${row.seq} does not follow from the one before`]
    memory.seq = row.seq
    memory.hash = row.hash
  }
  return []
}

const ofWrites = new Set([
  'connection_mark',
  'user_create_provision',
  'user_update_provision',
  'user_password_update_provision',
  'user_deprovision',
  'user_reprovision',
  'user_restore_provision',
  'user_licence_provision',
  'user_licence_remove_provision',
])

/** Invariant 9: both ways. */
export const everyWriteHasOneEvent: Check = ({ world, memory, events }) => {
  const wrong: string[] = []
  const { state, witness } = world.practice
  for (const { id, type, detail } of events) {
    if (!ofWrites.has(type)) continue
    const count = (memory.events.get(id) ?? 0) + 1
    memory.events.set(id, count)
    memory.unexplained.delete(id)
    if (count > 1) wrong.push(`${id} is the id of ${count} events`)
    // An attempt that a pause or a change of the credential cut off says so.
    const cutOff = detail === closed.detail
    if (!witness.sent.has(id) && !cutOff) wrong.push(`${type} ${id} tells of a write that was never sent`)
  }
  for (const entry of state.log.slice(memory.logged)) {
    const id = entry.clientRequestId ?? ''
    if (entry.method !== 'GET' && entry.path !== '/$batch' && !memory.events.has(id)) memory.unexplained.add(id)
  }
  memory.logged = state.log.length
  return wrong
}

/** Once nothing is under way any more, no write may be left that nobody was told of. */
export function untoldWrites({ practice }: World, memory: Memory): string[] {
  const untold = [...memory.unexplained].filter((id) => !practice.witness.orphaned.has(id))
  return untold.map((id) => `the write ${id} has no event`)
}

/** What the log of the gateway may speak of: trouble with the tenant, never with itself. */
export const nothingBreaks: Check = ({ world }) =>
  world.log.filter(
    (line) =>
      /"error":/.test(line) && !/"error":"(TenantError|ReadRefused|Problem|Unanswered|Error: The tenant)/.test(line),
  )

export const invariants = {
  nothingAcknowledgedIsLost,
  passwordsGoToTheirOwnersInOrder,
  nobodyGetsASecondAccount,
  nothingGoesPastTheBrake,
  protectedAccountsAreLeftAlone,
  licencesOfOthersAreLeftAlone,
  noPasswordIsWrittenDown,
  theChainHolds,
  everyWriteHasOneEvent,
  // Knows what the one before has learnt.
  onlyOurOwnBlocksAreLifted,
  nothingBreaks,
} satisfies Record<string, Check>

/** Reads what there is, and runs every check over it. */
export async function check(world: World, model: Model, memory: Memory, written: Buffer): Promise<string[]> {
  const { db } = world.store
  const blocking = db.selectFrom('accounts').select(['id', 'blocking_at']).where('blocking', 'is not', null)
  const facts: Facts = {
    world,
    model,
    memory,
    users: await db.selectFrom('users').selectAll().execute(),
    credentials: await db.selectFrom('user_credentials').selectAll().execute(),
    bindings: await db.selectFrom('bindings').selectAll().execute(),
    connection: await db.selectFrom('connections').selectAll().where('id', '=', connectionId).executeTakeFirstOrThrow(),
    blocking: await blocking.execute(),
    events: await db.selectFrom('events').selectAll().where('seq', '>', memory.seq).orderBy('seq').execute(),
    writes: world.practice.witness.writes.slice(memory.writes),
    written,
  }
  memory.writes = world.practice.witness.writes.length
  return Object.entries(invariants).flatMap(([name, one]) => one(facts).map((what) => `${name}: ${what}`))
}
