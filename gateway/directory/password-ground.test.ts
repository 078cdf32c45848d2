import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { checkPassword, isAcceptable, type PasswordGround, type PasswordRule } from '../domain/password-policy.ts'
import { strengthOf } from '../domain/password-strength.ts'
import { Problem } from '../domain/problem.ts'
import { Secret } from '../domain/secret.ts'
import { listConnections, updateConnection } from '../store/connections.ts'
import type { UserRow } from '../store/users.ts'
import { assertAcceptable } from './assert-acceptable.ts'
import { changePassword } from './change-password.ts'
import { createAdmin } from './create-admin.ts'
import { createUser } from './create-user.ts'
import { linkHashOf } from './make-link.ts'
import { groundOf } from './password-ground.ts'
import { consumeLink } from './password-links.ts'
import { setPassword } from './set-password.ts'
import { createAna, oldPassword, type TestDirectory, testDirectory } from './testing.ts'

let directory: TestDirectory
let ana: UserRow
beforeAll(async () => {
  directory = await testDirectory()
  directory.context.settings.organisation = 'Wintergreen Trust'
  await directory.addConnection('c1')
  await directory.context.store.change(system, async (change) => {
    change.quiet('test')
    for (const { id } of await listConnections(change.trx))
      await updateConnection(change.trx, id, {
        tenant_name: 'Northwind Traders',
        domains: '["fabrikam.example","contoso.onmicrosoft.com"]',
      })
  })
  ana = await createAna(directory, {
    email: 'ana.kovac@contoso.example',
    displayName: 'Ana K.',
    givenName: 'Anastasia',
    familyName: 'Kovač',
  })
  await directory.bind('c1', ana.id)
})
afterAll(() => directory.close())

const refusedFor = async (work: Promise<unknown>): Promise<string[]> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error === null) return []
  if (error instanceof Problem && error.code === 'password_too_weak') return error.broken.map(({ rule }) => rule)
  throw error
}

/** One password for each rule that needs no look at others. */
const bad: [string, PasswordRule][] = [
  ['Kx7!mQ2', 'length'],
  [`Aa1${'x'.repeat(254)}`, 'length'],
  ['Grün-Kettle-42-Rain', 'characters'],
  ['purplekettlerain', 'classes'],
  ['Anastasia-kettle-42', 'name'],
  ['Password1234', 'common'],
  ['N0rthwind-Fabrikam1', 'common'],
  ['Wintergreen-Trust1', 'common'],
  ['Qwertyuiop123!', 'strength'],
]
let count = 0
const next = () => {
  count += 1
  return count
}
const link = async (): Promise<string> => {
  const token = `token-${next()}`
  await directory.context.store.change(system, async (change) => {
    change.quiet('a link')
    await change.trx
      .insertInto('user_links')
      .values({
        hash: linkHashOf(token),
        user_id: ana.id,
        purpose: 'reset',
        credential_version: 1,
        created_at: change.now,
        ends_at: change.now + 1_000_000,
      })
      .execute()
  })
  return token
}
const paths: Record<string, (password: Secret) => Promise<unknown>> = {
  'a change by the person': (newPassword) =>
    changePassword(directory.context, system, {
      userId: ana.id,
      currentPassword: oldPassword,
      newPassword,
      address: null,
    }),
  'a link of a mail': async (password) =>
    consumeLink(directory.context, null, { token: await link(), purpose: 'reset', password }),
  'an administrator': (password) =>
    setPassword(directory.context, system, { userId: ana.id, password, mustChange: false }),
}
const cases = Object.keys(paths).flatMap((path) => bad.map(([password, rule]) => ({ path, password, rule })))

test.each(cases)('$path: $password is refused for $rule', async ({ path, password, rule }) => {
  expect(await refusedFor(paths[path]?.(new Secret(password)) ?? Promise.resolve())).toContain(rule)
})

/** Of people whom no tenant knows yet, the organisation's words count all the same. */
test.each(bad.filter(([password]) => !password.includes('Fabrikam') && !password.includes('Anastasia')))(
  'a first password, of an API call and of a first administrator: %s is refused for %s',
  async (password, rule) => {
    const first = { email: `first${next()}@contoso.example`, displayName: 'First' }
    const asked = { ...first, initialPassword: password, state: 'active' as const, sendMail: false }
    expect(await refusedFor(createUser(directory.context, system, asked))).toContain(rule)
    const admin = { ...first, email: `admin${next()}@contoso.example`, password: new Secret(password) }
    expect(await refusedFor(createAdmin(directory.context, system, admin))).toContain(rule)
  },
)

test('fifteen characters where the password stands alone, eight beside a second factor', async () => {
  const { context } = directory
  const nist = {
    ...context,
    settings: { ...context.settings, passwordPolicy: { minLength: 8, minLengthAlone: 15, words: [] } },
  }
  const ben = await createUser(context, system, { email: 'ben@contoso.example', state: 'active', sendMail: false })
  expect((await groundOf(nist, ben)).policy.minLength).toBe(15)
  await context.store.change(system, async (change) => {
    change.quiet('test')
    await change.trx
      .insertInto('totp_factors')
      .values({ id: 't1', user_id: ben.id, name: 'app', sealed_seed: '', last_step: 0, created_at: change.now })
      .execute()
  })
  expect((await groundOf(nist, ben)).policy.minLength).toBe(8)
})

const pieces = fc.constantFrom('Ana', 'stasia', 'Kovac', 'Kovač', 'Northwind', 'fabrikam', 'Passw0rd', '2026', ' ', 'ü')
const typed = fc.array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 8 }).map((all) => all.join(''))

test('what the page says while somebody types is never milder than what the server decides', async () => {
  // The page has the ground as text of an attribute.
  const page = JSON.parse(JSON.stringify(await groundOf(directory.context, ana))) as PasswordGround
  await fc.assert(
    fc.asyncProperty(typed, async (password) => {
      const { score: strength } = strengthOf(password, page)
      const shown = isAcceptable(checkPassword(password, { ...page, strength }))
      const decided = await refusedFor(assertAcceptable(directory.context, new Secret(password), ana, undefined))
      expect({ password, refused: decided.length > 0 }).toEqual({ password, refused: !shown })
    }),
    { numRuns: 300 },
  )
})
