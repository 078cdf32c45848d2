import type { AccountId } from '@lockstep/shared/contract/ids'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../domain/actor.ts'
import { Secret } from '../domain/secret.ts'
import { testAccount } from '../domain/testing.ts'
import { putAccounts } from '../store/accounts.ts'
import { beginAuthorization, finishAuthorization } from './authorize.ts'
import { readProtection } from './protection.ts'
import { requireConnection } from './require-connection.ts'
import type { Runner } from './runner.ts'
import { type TestSync, testConnection, testSync } from './testing.ts'

const redirectUri = 'https://id.contoso.example/connections/callback'
const app = { clientId: 'c', clientSecret: new Secret('s'), tenant: 'organizations' }
const admin: Actor = { kind: 'user', id: 'u1', name: 'Boss', role: 'admin' }
const token: Actor = { kind: 'token', id: 't1', name: 'script', role: 'admin', allow: [] }
const minute = 60_000

let world: TestSync
beforeEach(async () => {
  world = await testSync({ protectedAccounts: async () => new Map() })
})
afterEach(() => world.close())

const begin = async (actor: Actor, session: string | null) => {
  const asked = { name: 'Fabrikam', cloud: 'global' as const }
  const { url } = await beginAuthorization(world.context, { app, redirectUri }, actor, session, asked)
  return new URL(url).searchParams.get('state') ?? ''
}
/** Microsoft's answer is a refusal, which is told as such to who may have it. */
const finish = async (state: string, actor: Actor, session: string | null) => {
  const ended = finishAuthorization(world.context, {} as Runner, { app, redirectUri }, actor, session, {
    state,
    error: 'access_denied',
  })
  return await ended.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  )
}

describe('a sign-in that was begun', () => {
  test.each([
    ['in the same session', admin, 'one', admin, 'one'],
    ['by the person who began it outside of a session', admin, null, admin, 'one'],
    ['by the token that began it', token, null, token, null],
  ])('is finished %s', async (_, beginner, before, finisher, after) => {
    const state = await begin(beginner, before)
    expect(await finish(state, finisher, after)).toBe('authorization_refused')
  })

  test.each([
    ['in another session of the same person', admin, 'one', admin, 'two'],
    ['without the session', admin, 'one', admin, null],
    ['by somebody else', admin, null, { ...admin, id: 'u2' }, 'two'],
    ['by another token', token, null, { ...token, id: 't2' }, null],
  ])('is not finished %s, and stays open for who began it', async (_, beginner, before, finisher, after) => {
    const state = await begin(beginner, before)
    expect(await finish(state, finisher, after)).toBe('authorization_not_found')
    expect(await finish(state, beginner, before)).toBe('authorization_refused')
  })

  test('is known once, and for ten minutes', async () => {
    const state = await begin(admin, 'one')
    expect(await finish('another state', admin, 'one')).toBe('authorization_not_found')
    expect(await finish(state, admin, 'one')).toBe('authorization_refused')
    expect(await finish(state, admin, 'one')).toBe('authorization_not_found')
    const late = await begin(admin, 'one')
    world.runtime.advance(10 * minute)
    expect(await finish(late, admin, 'one')).toBe('authorization_not_found')
  })

  test('leaves nothing in the store by which it could be finished', async () => {
    const state = await begin(admin, 'one')
    const rows = await world.context.store.db.selectFrom('authorizations').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(state)
    expect(JSON.stringify(rows)).not.toContain('one')
  })
})

test('without an app of the operator it is told how to set one up', async () => {
  const asked = { name: 'Fabrikam', cloud: 'global' as const }
  const refused = beginAuthorization(world.context, { app: null, redirectUri }, admin, 'one', asked)
  await expect(refused).rejects.toMatchObject({
    code: 'authorization_not_set_up',
    message: expect.stringMatching(/connections\/callback.*lockstep\.json/),
  })
})

test('who authorises a connection is protected without any role, and no more when somebody else does', async () => {
  const ana = testAccount()
  const ben = testAccount({ id: '22222222-2222-4222-8222-222222222222' as AccountId })
  const { store } = world.context
  const authorise = async (accountId: string) => {
    await store.change(admin, async (change) => {
      change.quiet('test')
      const authorised_by = JSON.stringify({ accountId, name: 'somebody' })
      await change.trx.updateTable('connections').set({ authorised_by }).where('id', '=', testConnection).execute()
    })
    await readProtection(world.context, await requireConnection(world.context, testConnection))
    const rows = await store.db.selectFrom('accounts').select(['id', 'protection']).execute()
    return Object.fromEntries(rows.map(({ id, protection }) => [id, protection]))
  }
  await store.change(admin, async (change) => {
    change.quiet('test')
    await putAccounts(change.trx, testConnection, [ana, ben], change.now)
  })
  expect(await authorise(ana.id)).toEqual({ [ana.id]: 'authoriser', [ben.id]: null })
  expect(await authorise(ben.id)).toEqual({ [ana.id]: null, [ben.id]: 'authoriser' })
})
