import { hash as argon2 } from '@node-rs/argon2'
import { hash as bcrypt } from '@node-rs/bcrypt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { floorCost } from '../domain/hash-cost.ts'
import { Secret } from '../domain/secret.ts'
import { findCredential, openHash } from '../store/credentials.ts'
import { createUser } from './create-user.ts'
import { createHasher } from './hasher.ts'
import { importUsers, sealImported } from './import-users.ts'
import { signIn } from './sign-in.ts'
import { type TestDirectory, testDirectory } from './testing.ts'
import { parseUsersCsv } from './users-csv.ts'

let directory: TestDirectory
beforeEach(async () => {
  directory = await testDirectory()
})
afterEach(() => directory.close())

/** All of one password; made by Python's hashlib and by crypt(3) with mkpasswd. */
const password = new Secret('Purple-Kettle-42')
const salt = 'AAECAwQFBgcICQoLDA0ODw'
const hashes: Record<string, string> = {
  'bcrypt $2b$': '$2b$05$abcdefghijklmnopqrstuuMFyTWwzpSKB/GlpX8yiwaDEJH6etqb.',
  'bcrypt $2y$': '$2y$05$abcdefghijklmnopqrstuuMFyTWwzpSKB/GlpX8yiwaDEJH6etqb.',
  'bcrypt $2a$': '$2a$05$abcdefghijklmnopqrstuuMFyTWwzpSKB/GlpX8yiwaDEJH6etqb.',
  scrypt: `$scrypt$ln=10,r=8,p=1$${salt}$LL21/Ts3w/hP8sFuR15BfhSMOzYZmtXielnVXI+FPxI`,
  'scrypt of crypt(3)': '$7$CU..../....96.XrAuuryWGDxTXR9zcE.$4pcC8I./diY1GClcfeM.c9jIcOqzsAAy4HCiLPFsuj7',
  'PBKDF2-SHA1 of passlib': `$pbkdf2$1200$${salt}$I64AOgEi.jRhS.77kRmJyL5w71g`,
  'PBKDF2-SHA256 of passlib': `$pbkdf2-sha256$1200$${salt}$zL0TyNzH78tNFVWdm.yJeEOZv34jS4P4LXPn3IexGXc`,
  'PBKDF2-SHA512 of OpenLDAP': `{PBKDF2-SHA512}1200$${salt}$1a5MJ.9nv4mMZFyCmuy/rzTft9EWqoCB9nTiL91SchaMJh2EFW5C8gTredKxjEafuKpJ7yIiipBRSzLAbBB5zQ`,
  'PBKDF2 of Django': 'pbkdf2_sha256$1500$seasalt$+rk9zC4616ggp/wL7zwKIMHQAoA3nI279cir8W5s6Xg=',
  'PBKDF2 of 389 Directory Server':
    '{PBKDF2_SHA256}AAAIAAABAgMEBQYHCAkKCwwNDg8AAQIDBAUGBwgJCgsMDQ4PAAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg/9mIuplU1vJ9fuGB68NKkBwO+gCHkjhg02PdHTUNchn312GmZeLmFgGod5ooD0TwGiJND3EZrnYlfkUT1t/y7CLV3ty0TRrEalfXysvpgQiYHFgWs95TnqxLoHIHSxUoVt8iwLdri5WrJqTjUHXTZJLFW9pZl2P9eDaiAGUSLJ+l1AFcMNVqbOfvddA4QYprZrVky2/cLY4u2d+qr3Zx4JAIIb+kWvlTcJtf3b5slPUTDa4JZTHs/W/4bdni3J1rta7UKCiY5uPJDc0Gn0OuwxLDw1lgUwFAAY+WzXYawWeJDCa3998P826mC5i/gTsOb3HO+5gLy/sqrHH6ktrlmE',
  SSHA: '{SSHA}rhmJcQDHOgNa1CZENIA5K1/dqnsAAQIDBAUGBw==',
  SSHA256: '{SSHA256}eipfmgnYjJ1qtLShG6PDcziYp+iz9OVAtwqSLxwnWD8AAQIDBAUGBw==',
  SSHA512: '{SSHA512}6Z4lCG+PBALc8yP7WSrpyYREBjro+t7YFdT062nL8+lYKvH1yT4PAf/K9moTvFHaLc1ds2msPrvo8kcnLcV9agABAgMEBQYH',
}
const hasher = createHasher(floorCost)

test.each(Object.entries(hashes))('%s opens for its password alone', async (_, hash) => {
  expect(await hasher.verify(hash, password)).toBe(true)
  expect(await hasher.verify(hash, new Secret('Purple-Kettle-43'))).toBe(false)
  expect(hasher.isOutdated(hash)).toBe(true)
})

test.each([8, 12, 16, 32])('argon2i and argon2id of other parameters open, with a salt of %i bytes', async (bytes) => {
  for (const algorithm of [1, 2]) {
    const cost = { algorithm, memoryCost: 4_096, timeCost: 3, parallelism: 1 }
    const hash = await argon2(password.reveal(), { ...cost, salt: Buffer.alloc(bytes, 7) })
    expect(await hasher.verify(hash, password)).toBe(true)
    expect(await hasher.verify(hash, new Secret('other'))).toBe(false)
  }
})

test('bcrypt looks at 72 bytes, so a longer password opens by its beginning; ours takes its place at the first sign-in', async () => {
  const long = 'Purple-Kettle-42 '.repeat(8)
  const foreign = await bcrypt(long, { cost: 5 })
  expect(await hasher.verify(foreign, new Secret(long))).toBe(true)
  expect(await hasher.verify(foreign, new Secret(`${long.slice(0, 72)}something else`))).toBe(true)
  expect(await hasher.verify(foreign, new Secret(long.slice(0, 71)))).toBe(false)
  const email = 'ana@contoso.example'
  const person = { email, state: 'active' as const, sendMail: false, passwordHash: foreign }
  await createUser(directory.context, system, person)
  await enter(email, new Secret(long))
  await expect(enter(email, new Secret(`${long.slice(0, 72)}something else`))).rejects.toMatchObject({
    code: 'wrong_credentials',
  })
})

const enter = (email: string, given = password) =>
  signIn(directory.context, null, { email, password: given, address: null })
const stored = async (userId: string) => {
  const { store, vault } = directory.context
  const credential = await findCredential(store.db, userId)
  return credential && { version: credential.version, hash: openHash(vault, credential) }
}

test('the first sign-in replaces the hash by ours and brings the password to the tenant', async () => {
  const email = 'ana@contoso.example'
  const passwordHash = hashes['SSHA512'] ?? ''
  const { id } = await createUser(directory.context, system, { email, state: 'active', sendMail: false, passwordHash })
  await directory.addConnection('c1')
  await directory.bind('c1', id)
  await expect(enter(email, new Secret('Purple-Kettle-43'))).rejects.toMatchObject({ code: 'wrong_credentials' })
  expect((await stored(id))?.hash).toBe(passwordHash)
  const { sync } = await enter(email)
  expect(sync).toMatchObject([{ password: 'updated' }])
  expect(directory.tenants.get(`c1 ${id}`)).toBe(password.reveal())
  expect(await stored(id)).toMatchObject({ version: 1, hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2/) })
  await enter(email)
})

const importCsv = async (csv: string) => {
  const told: unknown[] = []
  const rows = parseUsersCsv(csv, sealImported(directory.context))
  expect(JSON.stringify(rows)).not.toContain('SSHA')
  await importUsers(directory.context, {
    input: { rows, dryRun: false },
    actor: system,
    finished: new Set(),
    report: async (results) => void told.push(...results.map(({ result }) => result)),
    breathe: async () => undefined,
  })
  return told
}

test('a CSV brings hashes along; one that cannot be taken is refused by row with the reason', async () => {
  const rows = [
    'email;state;passwordHash',
    `ana@contoso.example;active;${hashes['SSHA']}`,
    'ben@contoso.example;active;{SSHA}AAAA',
    'eva@contoso.example;active;5f4dcc3b5aa765d61d8327deb882cf99',
    'kim@contoso.example;active;$2b$31$abcdefghijklmnopqrstuuMFyTWwzpSKB/GlpX8yiwaDEJH6etqb.',
    'leo@contoso.example;active;Purple-Kettle-42',
  ]
  expect(await importCsv(rows.join('\n'))).toMatchObject([
    { result: 'created' },
    { result: 'failed', reason: expect.stringContaining('damaged') },
    { result: 'failed', reason: expect.stringContaining('too weak') },
    { result: 'failed', reason: expect.stringContaining('too much memory or time') },
    { result: 'failed', reason: expect.not.stringContaining('Purple') },
  ])
  expect((await enter('ana@contoso.example')).user.email).toBe('ana@contoso.example')
})

test('neither the store nor the events hold a hash in the clear', async () => {
  await importCsv(`email;state;passwordHash\nana@contoso.example;active;${hashes['SSHA']}`)
  for (const file of directory.files()) expect(file.includes('rhmJcQDHOgNa1CZENIA5K1')).toBe(false)
})

test('a password and a hash at once are refused', async () => {
  const both = { initialPassword: 'Amber-Lantern-77-Snow', passwordHash: hashes['SSHA'] ?? '' }
  const person = { email: 'ana@contoso.example', state: 'active' as const, sendMail: false }
  const made = createUser(directory.context, system, { ...person, ...both })
  await expect(made).rejects.toMatchObject({ code: 'validation_failed' })
})
