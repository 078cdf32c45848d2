import { changePassword } from '@lockstep/gateway/directory/change-password'
import { createUser } from '@lockstep/gateway/directory/create-user'
import { setMembership } from '@lockstep/gateway/directory/groups'
import { tidyUp } from '@lockstep/gateway/directory/housekeeping'
import { system } from '@lockstep/gateway/domain/actor'
import { Secret } from '@lockstep/gateway/domain/secret'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signIn } from '../practice-tenant/sign-in.ts'
import { admin, connectionId, openStage, type Stage, type World } from './world.ts'

/* A password that nobody changes, up to the block at Microsoft 365 and back, days in seconds. */

const dayMs = 86_400_000
let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(async () => await stage.close())

const address = 'old@contoso.example'
const first = new Secret('Violet-Harbour-1-Rain')
const second = new Secret('Violet-Harbour-2-Rain')

async function live(world: World, days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    await world.run(() => tidyUp(world.directory))
    // A cycle or two a day are enough to see what the directory wants.
    world.time.jump(dayMs - 20 * 60_000)
    await world.pass(20 * 60_000)
  }
}

const accountOf = ({ practice: { state } }: World) => {
  const found = [...state.people.values()].find(({ properties }) => properties['userPrincipalName'] === address)
  if (found === undefined) throw new Error('There is no such account.')
  return found.properties
}
const enters = ({ practice: { state } }: World, password: Secret) => signIn(state, address, password.reveal()).ok

async function begin(): Promise<{ world: World; userId: string }> {
  const world = await stage.play({
    seed: 5,
    people: 1,
    mode: 'apply',
    brake: 'wide',
    imported: false,
    expiry: { afterDays: 90, graceDays: 14, block: true },
  })
  const created = await world.run(() =>
    createUser(world.directory, system, {
      email: address,
      state: 'active',
      sendMail: false,
      initialPassword: first.reveal(),
      attributes: { usageLocation: 'DE' },
    }),
  )
  if (created.kind !== 'done') throw new Error('Nobody was created.')
  const userId = created.value.id
  await world.run(() =>
    world.sync.bindUser(admin, { connectionId, userId }, { enable: false, attributes: 'fill_empty' }),
  )
  await world.pass(60_000)
  return { world, userId }
}

const change = (world: World, userId: string, newPassword: Secret) =>
  world.run(() =>
    changePassword(world.directory, system, { userId, currentPassword: first, newPassword, address: null }),
  )

test('the account is blocked after the grace, keeps its licences, and opens with the new password', async () => {
  const { world, userId } = await begin()
  try {
    await world.run(() => setMembership(world.directory, admin, { groupId: 'staff', userId }, true))
    await live(world, 103)
    expect(enters(world, first)).toBe(true)
    const { assignedLicenses } = accountOf(world)
    expect(assignedLicenses).toHaveLength(1)
    await live(world, 2)
    expect(accountOf(world)['accountEnabled']).toBe(false)
    await live(world, 60)
    expect(accountOf(world)).toMatchObject({ accountEnabled: false, assignedLicenses })
    expect((await change(world, userId, second)).kind).toBe('done')
    await world.pass(60_000)
    expect(accountOf(world)['accountEnabled']).toBe(true)
    expect(enters(world, second)).toBe(true)
    expect(enters(world, first)).toBe(false)
    const binding = await world.sync.getBinding(connectionId, userId)
    expect(binding).toMatchObject({ state: 'in_sync', password: { state: 'in_sync' } })
  } finally {
    world.end()
  }
})

test('an account that somebody at Microsoft had blocked before does not open with the new password', async () => {
  const { world, userId } = await begin()
  try {
    await live(world, 80)
    accountOf(world)['accountEnabled'] = false
    world.practice.state.deltaEpoch += 1
    await live(world, 40)
    await change(world, userId, second)
    await world.pass(20 * 60_000)
    expect(accountOf(world)['accountEnabled']).toBe(false)
  } finally {
    world.end()
  }
})
