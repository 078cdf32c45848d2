import { changePassword } from '@lockstep/gateway/directory/change-password'
import { createUser } from '@lockstep/gateway/directory/create-user'
import { consumeLink, sendLink } from '@lockstep/gateway/directory/password-links'
import { setPassword } from '@lockstep/gateway/directory/set-password'
import { signIn } from '@lockstep/gateway/directory/sign-in'
import { system } from '@lockstep/gateway/domain/actor'
import { Secret } from '@lockstep/gateway/domain/secret'
import { findCredential, openHash } from '@lockstep/gateway/store/credentials'
import { contentOf } from '@lockstep/gateway/store/mails'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { admin, connectionId, matchesHash, openStage, type Stage, type World } from './world.ts'

/* The password that is hashed here and the one that Microsoft 365 is sent are the same, byte for byte. */

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(async () => await stage.close())

const first = 'Violet-Harbour-1-Rain'
const signs = ' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'
const passwords: [string, string][] = [
  ['spaces at both ends', '  Kx7!mQ2#pLw9  '],
  ['every sign', `Kx7${signs}`],
  ['what JSON escapes', 'Kx7"\\/\\\\n\\u0041"{}mQ2'],
  ['what a page escapes', 'Kx7</script>&amp;<!--%20+mQ2'],
  ['256 characters', `Kx7!${'mQ2#'.repeat(63)}`],
]

type Path = (world: World, userId: string, password: Secret) => Promise<unknown>
const address = '192.0.2.7'
const email = 'bytes@contoso.example'

const paths: Record<string, Path> = {
  'an administrator': ({ directory }, userId, password) =>
    setPassword(directory, admin, { userId, password, mustChange: false }),
  'the person': ({ directory }, userId, newPassword) =>
    changePassword(directory, system, { userId, currentPassword: new Secret(first), newPassword, address }),
  'a link': async ({ directory, store, vault }, userId, password) => {
    await sendLink(directory, admin, { userId, purpose: 'reset' })
    const mail = await store.db.selectFrom('mails').selectAll().where('kind', '=', 'reset').executeTakeFirstOrThrow()
    const token = /\/portal\/reset\/([\w-]+)/.exec(contentOf(vault, mail)?.text ?? '')?.[1] ?? ''
    await consumeLink(directory, null, { token, purpose: 'reset', password })
  },
}

/** What Microsoft 365 is sent as passwords from now on. */
function sentTo(world: World): string[] {
  const { network } = world.practice
  const through = network.send.bind(network)
  const sent: string[] = []
  network.send = async (request) => {
    for (const [, text] of (request.body ?? '').matchAll(/"password":("(?:[^"\\]|\\.)*")/g))
      sent.push(JSON.parse(text ?? '""') as string)
    return await through(request)
  }
  return sent
}

async function begin(initialPassword: string): Promise<{ world: World; userId: string; bind(): Promise<unknown> }> {
  const world = await stage.play({ seed: 7, people: 0, mode: 'apply', brake: 'wide', imported: false })
  const made = await world.run(() =>
    createUser(world.directory, system, { email, state: 'active', sendMail: false, initialPassword }),
  )
  if (made.kind !== 'done') throw new Error('Nobody was created.')
  const ids = { connectionId, userId: made.value.id }
  return {
    world,
    userId: ids.userId,
    bind: () => world.run(() => world.sync.bindUser(admin, ids, { enable: false, attributes: 'fill_empty' })),
  }
}

async function hashed({ store: { db }, vault }: World, userId: string): Promise<string> {
  const credential = await findCredential(db, userId)
  return credential === undefined ? '' : openHash(vault, credential)
}

const cases = Object.keys(paths).flatMap((path) => passwords.map(([what, password]) => ({ path, what, password })))

test.each(cases)('$what, set by $path', async ({ path, password }) => {
  const { world, userId, bind } = await begin(first)
  try {
    await bind()
    await world.pass(5_000)
    const sent = sentTo(world)
    const ended = await world.run(async () => await paths[path]?.(world, userId, new Secret(password)))
    expect(ended.kind).toBe('done')
    expect(sent).toEqual([password])
    expect(matchesHash(await hashed(world, userId), password)).toBe(true)
  } finally {
    world.end()
  }
})

test.each(passwords)('%s, brought by a first sign-in', async (_, password) => {
  const { world, userId, bind } = await begin(password)
  try {
    // The password of the beginning is not at hand any more by then.
    await world.store.change(system, async (change) => {
      change.quiet('forgotten')
      await change.trx.deleteFrom('fresh_passwords').execute()
    })
    await bind()
    await world.pass(5_000)
    const sent = sentTo(world)
    const ended = await world.run(() =>
      signIn(world.directory, null, { email, password: new Secret(password), address, agent: null }),
    )
    expect(ended.kind).toBe('done')
    expect(sent).toEqual([password])
    expect(matchesHash(await hashed(world, userId), password)).toBe(true)
  } finally {
    world.end()
  }
})
