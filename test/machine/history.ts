import { Problem } from '@lockstep/gateway/domain/problem'
import { TenantError } from '@lockstep/gateway/graph/failure'
import { openHash } from '@lockstep/gateway/store/credentials'
import { unfinishedJobs } from '@lockstep/gateway/store/jobs'
import { type Act, actOf, meet } from './admin-acts.ts'
import { converge } from './converge.ts'
import { createMemory, type Memory } from './facts.ts'
import { check, untoldWrites } from './invariants.ts'
import { createModel, type Model, type Person } from './model.ts'
import { actOutside } from './outside-acts.ts'
import type { History, Step } from './steps.ts'
import { admin, connectionId, matchesHash, type Stage, type World } from './world.ts'

/** A promise was broken. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

type Play = { world: World; model: Model; memory: Memory; stage: Stage }

/** Plays a history and looks at every promise after every step; at its end everything has to come right again. */
export async function playHistory(stage: Stage, { opening, steps }: History, loud = false): Promise<void> {
  const world = await stage.play(opening)
  const play: Play = { world, model: createModel(opening.mode), memory: createMemory(), stage }
  try {
    await world.pass(3_000)
    if (opening.imported) await open(play)
    await look(play, { do: 'nothing' })
    for (const step of steps) {
      if (step.do === 'nothing') continue
      await take(play, step)
      await look(play, step)
    }
    const wrong = await converge(world, play.model)
    await learnStrangers(play)
    await look(play, { do: 'nothing' })
    if (wrong.length > 0) throw new Broken(`in the end: ${wrong.join('; ')}`)
    const untold = untoldWrites(world, play.memory)
    if (untold.length > 0) throw new Broken(untold.join('; '))
  } finally {
    if (loud)
      for (const entry of world.practice.state.log)
        console.log(
          new Date(entry.at).toISOString().slice(8, 23),
          entry.method,
          decodeURIComponent(entry.path).slice(0, 60),
          entry.status,
          JSON.stringify(entry.body).slice(0, 120),
        )
    if (loud) console.log(world.log.join('\n'))
    world.end()
  }
}

/** Everybody is imported and bound, the first two may sign in, and rules give licences to three. */
async function open(play: Play): Promise<void> {
  await take(play, { do: 'import', from: 0, count: 5, bind: true })
  for (const who of [0, 1]) {
    await take(play, { do: 'activate', who })
    await take(play, { do: 'set_password', who, banned: false })
  }
  for (const n of [0, 1, 2]) await take(play, { do: 'licence_group', who: n, n, isIn: true })
}

async function look({ world, model, memory, stage }: Play, after: Step): Promise<void> {
  const wrong = await check(world, model, memory, stage.written())
  if (wrong.length > 0) throw new Broken(`after ${JSON.stringify(after)}: ${wrong.join('; ')}`)
}

const underWayMs = 10 * 60_000

async function take(play: Play, step: Step): Promise<void> {
  const { world, model } = play
  const working = (await unfinishedJobs(world.store.db)).length > 0
  // No request is under way for days: what was begun ends before the leap.
  if (step.do === 'days') await world.pass(underWayMs)
  if (step.do === 'wait') await world.pass(step.seconds * 1_000)
  else if (step.do === 'kill') world.life.endAfter(step.after)
  else {
    const act = actOf(world, model, step)
    if (act === null) actOutside(world, step)
    else await acknowledge(play, act)
  }
  // Whoever waits for nothing but others goes on before anybody looks.
  await world.time.calm()
  if (await world.revive()) await learnStrangers(play)
  if (model.importing) await learnStrangers(play)
  // While a job is under way nobody can tell whether its wish comes before or after another one.
  if (working || (await unfinishedJobs(world.store.db)).length > 0)
    for (const person of model.people.values()) person.binding = 'unknown'
}

/** Runs an act. What the caller was told is true from then on; what he was not told may be or not. */
async function acknowledge(play: Play, act: Act): Promise<void> {
  const { world, model } = play
  const { person, wanted } = act
  const ended = await world.run(act.run)
  if (ended.kind === 'done') {
    if (person !== undefined && wanted !== undefined && model.people.has(person.id)) Object.assign(person, wanted)
    act.done?.(ended.value as never)
    return
  }
  if (ended.kind === 'threw' && ended.error instanceof Problem && !(ended.error instanceof TenantError)) return
  if (ended.kind === 'threw' && !(ended.error instanceof TenantError)) throw ended.error
  await world.revive()
  if (person === undefined) await askForConnection(play)
  else await ask(play, person, act)
}

/** The one setting that nobody was told of is what it is now; the others are looked at with the next change. */
async function askForConnection({ world, model }: Play): Promise<void> {
  const row = await world.store.db
    .selectFrom('connections')
    .select(['state', 'settings'])
    .where('id', '=', connectionId)
    .executeTakeFirstOrThrow()
  const { mode, driftPolicy } = JSON.parse(row.settings) as Pick<Model, 'mode' | 'driftPolicy'>
  Object.assign(model, { mode, driftPolicy, paused: row.state === 'paused' })
}

/** Nobody was told: the directory says which of the two it is, all of it or nothing. */
async function ask(play: Play, person: Person, { wanted, done }: Act): Promise<void> {
  const { db } = play.world.store
  const isNew = person.id === ''
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where(isNew ? 'email' : 'id', '=', isNew ? person.email : person.id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) {
    if (!isNew && done !== undefined) play.model.people.delete(person.id)
    return
  }
  if (isNew) {
    if (!play.model.people.has(row.id)) meet(play.model, { ...person, id: row.id })
    return
  }
  const { binding, password, ...fields } = wanted ?? {}
  if (binding !== undefined) person.binding = 'unknown'
  if (password != null) {
    const credential = await db
      .selectFrom('user_credentials')
      .selectAll()
      .where('user_id', '=', person.id)
      .executeTakeFirst()
    const isNewOne = credential !== undefined && matchesHash(openHash(play.world.vault, credential), password)
    if (isNewOne) person.password = password
  }
  const { jobTitle = null, city = null } = JSON.parse(row.attributes) as Record<string, string | null>
  const held: Record<string, unknown> = {
    email: row.email,
    displayName: row.display_name,
    state: row.state,
    jobTitle,
    city,
  }
  const names = Object.keys(fields)
  if (names.length > 0 && names.every((name) => held[name] === fields[name as keyof typeof fields]))
    Object.assign(person, fields)
}

/** People whom an import has made. */
async function learnStrangers({ world, model }: Play): Promise<void> {
  if (!model.importing) return
  for (const row of await world.store.db.selectFrom('users').selectAll().where('deleted_at', 'is', null).execute()) {
    if (model.people.has(row.id)) continue
    const { jobTitle = null, city = null } = JSON.parse(row.attributes) as Record<string, string | null>
    const { id, email, display_name: displayName, state } = row
    meet(model, { id, email, displayName, jobTitle, city, state, password: null, binding: 'unknown' })
  }
}

export { admin, connectionId }
