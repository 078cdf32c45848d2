import { changePassword } from '@lockstep/gateway/directory/change-password'
import { createUser } from '@lockstep/gateway/directory/create-user'
import { setPassword } from '@lockstep/gateway/directory/set-password'
import { system } from '@lockstep/gateway/domain/actor'
import { Problem } from '@lockstep/gateway/domain/problem'
import { Secret } from '@lockstep/gateway/domain/secret'
import { findCredential, openHash } from '@lockstep/gateway/store/credentials'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signIn } from '../practice-tenant/sign-in.ts'
import { admin, connectionId, matchesHash, openStage, type Stage, type World } from './world.ts'

/*
 * A write that nobody hears of any more may take effect late, after newer ones: the sender has given up, or was killed, and
 * Microsoft goes on with it. Whatever was late, the newest password is in force there in the end, and it is ours.
 */

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(async () => await stage.close())

const email = 'late@contoso.example'
const passwordOf = (n: number) => `Violet-Harbour-${n}-Rain`
/** The sender hears of a broken connection after that long, in ms. */
const giveUpMs = 30_000

/** What happens to the write of one password on its way. */
type Fate = { kind: 'arrives' } | { kind: 'late'; byMs: number } | { kind: 'killed'; byMs: number }
type Draw = { seed: number; changes: { fate: Fate; by: 'person' | 'admin'; restMs: number }[] }

const late = fc.integer({ min: 0, max: 120_000 })
const fate = fc.oneof(
  fc.record({ kind: fc.constant('arrives' as const) }),
  fc.record({ kind: fc.constant('late' as const), byMs: late }),
  fc.record({ kind: fc.constant('killed' as const), byMs: late }),
)
const draw: fc.Arbitrary<Draw> = fc.record({
  seed: fc.nat(1_000_000),
  changes: fc.array(
    fc.record({ fate, by: fc.constantFrom('person', 'admin'), restMs: fc.integer({ min: 0, max: 90_000 }) }),
    { minLength: 2, maxLength: 4 },
  ),
})

type Landing = { at: number; land: () => Promise<unknown> }

/** Lets writes of passwords meet their fate. Those that are late land by themselves, also after a kill. */
function delay(world: World, next: { fate: Fate | null }): Landing[] {
  const { network } = world.practice
  const through = network.send.bind(network)
  const landings: Landing[] = []
  network.send = async (request) => {
    const { fate } = next
    const isPassword = request.body?.includes('passwordProfile') === true
    if (!isPassword || fate === null || fate.kind === 'arrives') return await through(request)
    next.fate = null
    landings.push({ at: world.time.now() + giveUpMs + fate.byMs, land: () => through(request) })
    if (fate.kind === 'killed') world.life.endAfter(0)
    await world.time.sleep(giveUpMs)
    throw new Error('The connection broke.')
  }
  return landings
}

async function pass(world: World, landings: Landing[], ms: number): Promise<void> {
  for (const until = world.time.now() + ms; world.time.now() < until; ) {
    const stepMs = landings.length > 0 ? 1_000 : 60_000
    await world.pass(Math.min(stepMs, until - world.time.now()))
    await world.revive()
    for (const due of landings.filter(({ at }) => at <= world.time.now())) {
      landings.splice(landings.indexOf(due), 1)
      await world.run(due.land)
    }
  }
}

async function play({ seed, changes }: Draw, patience = 20 * 60_000): Promise<{ entered: boolean; state: string }> {
  const world = await stage.play({ seed, people: 0, mode: 'apply', brake: 'wide', imported: false })
  try {
    const next: { fate: Fate | null } = { fate: null }
    const landings = delay(world, next)
    const created = await world.run(() =>
      createUser(world.directory, system, { email, state: 'active', sendMail: false, initialPassword: passwordOf(0) }),
    )
    if (created.kind !== 'done') throw new Error('Nobody was created.')
    const userId = created.value.id
    await world.run(() =>
      world.sync.bindUser(admin, { connectionId, userId }, { enable: false, attributes: 'fill_empty' }),
    )
    await pass(world, landings, 5_000)
    let current = 0
    for (const [n, { fate, by, restMs }] of changes.entries()) {
      next.fate = fate
      const newPassword = new Secret(passwordOf(n + 1))
      const ended = await world.run(async () =>
        by === 'admin'
          ? await setPassword(world.directory, admin, { userId, password: newPassword, mustChange: false })
          : await changePassword(world.directory, system, {
              userId,
              currentPassword: new Secret(passwordOf(current)),
              newPassword,
              address: null,
            }),
      )
      if (ended.kind === 'threw' && !(ended.error instanceof Problem)) throw ended.error
      await world.revive()
      current = await inForce(world, userId, n + 1)
      await pass(world, landings, restMs)
    }
    next.fate = null
    await pass(world, landings, patience)
    const binding = await world.sync.getBinding(connectionId, userId)
    return {
      entered: signIn(world.practice.state, email, passwordOf(current)).ok,
      state: `${binding.password.state} ${await waiting(world)}`,
    }
  } finally {
    world.end()
  }
}

/** Which of so many passwords the directory has. */
async function inForce({ store: { db }, vault }: World, userId: string, newest: number): Promise<number> {
  const credential = await findCredential(db, userId)
  const phc = credential === undefined ? '' : openHash(vault, credential)
  return Array.from({ length: newest + 1 }, (_, n) => n).findIndex((n) => matchesHash(phc, passwordOf(n)))
}

const waiting = async ({ store: { db } }: World) =>
  (await db.selectFrom('pending_passwords').selectAll().execute()).length

test('however late an older password lands, the newest one is in force in the end', async () => {
  const runs = Number(process.env['HISTORIES'] ?? 25)
  await fc.assert(
    fc.asyncProperty(draw, async (drawn) => {
      expect(await play(drawn)).toEqual({ entered: true, state: 'in_sync 0' })
    }),
    { numRuns: runs },
  )
}, 600_000)

test('the control: without the second sending the older one would stay', async () => {
  const changes: Draw['changes'] = [
    { fate: { kind: 'late', byMs: 60_000 }, by: 'admin', restMs: 40_000 },
    { fate: { kind: 'arrives' }, by: 'admin', restMs: 0 },
  ]
  // Before five minutes are over, and after.
  expect(await play({ seed: 1, changes }, 2 * 60_000)).toEqual({ entered: false, state: 'in_sync 1' })
  expect(await play({ seed: 1, changes })).toEqual({ entered: true, state: 'in_sync 0' })
})

test('the end of an old password that lands late does not outlive the own password', async () => {
  const world = await stage.play({ seed: 2, people: 1, mode: 'apply', brake: 'wide', imported: false })
  try {
    const next: { fate: Fate | null } = { fate: null }
    const landings = delay(world, next)
    const account = [...world.practice.state.people.values()].find(
      ({ properties }) => properties['userType'] === 'Member',
    )
    const address = String(account?.properties['userPrincipalName'])
    const created = await world.run(() =>
      createUser(world.directory, system, { email: address, state: 'active', sendMail: false }),
    )
    if (created.kind !== 'done') throw new Error('Nobody was created.')
    const userId = created.value.id
    const ids = { connectionId, userId }
    await world.run(() => world.sync.bindUser(admin, ids, { enable: false, attributes: 'fill_empty' }))
    await pass(world, landings, 5_000)
    next.fate = { kind: 'late', byMs: 60_000 }
    await world.run(() => world.sync.endOldPassword(admin, ids))
    const password = new Secret(passwordOf(1))
    await world.run(() => setPassword(world.directory, admin, { userId, password, mustChange: false }))
    const enters = () => signIn(world.practice.state, address, password.reveal()).ok
    await pass(world, landings, 40_000)
    expect(enters()).toBe(true)
    await pass(world, landings, 60_000)
    expect(enters()).toBe(false)
    await pass(world, landings, 20 * 60_000)
    expect(enters()).toBe(true)
  } finally {
    world.end()
  }
})
