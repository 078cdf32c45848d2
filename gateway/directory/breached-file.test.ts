import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import { Secret } from '../domain/secret.ts'
import { isInFile } from './breached-file.ts'
import { createUser } from './create-user.ts'
import { setPassword } from './set-password.ts'
import { newPassword, oldPassword, type TestDirectory, testDirectory } from './testing.ts'

let directory: TestDirectory
let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-breached-'))
  file = join(folder, 'breached.txt')
  directory = await testDirectory()
})
afterEach(async () => {
  await directory.close()
  await rm(folder, { recursive: true })
})

const hashOf = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase()
const leaked = Array.from({ length: 200 }, (_, n) => `Leaked-${n}`)
const write = (end: string, more: string[] = [], count = '') =>
  writeFile(
    file,
    [...leaked, ...more]
      .map((each) => hashOf(each) + count)
      .sort()
      .join(end) + end,
  )

test.each([
  ['\n', ''],
  ['\r\n', ':12345678'],
])('each hash of the file is found and no other, with lines ended by %j and %j after the hash', async (end, count) => {
  await write(end, [], count)
  for (const each of leaked) expect(await isInFile(file, new Secret(each))).toBe(true)
  for (const each of leaked) expect(await isInFile(file, new Secret(`${each}!`))).toBe(false)
})

const person = { email: 'ana@contoso.example', state: 'active' as const, sendMail: false }
const check = (failOpen = true) => {
  const { context } = directory
  return { ...context, settings: { ...context.settings, breached: { file, failOpen } } }
}
const ana = () => createUser(check(), system, { ...person, initialPassword: oldPassword.reveal() })

test('a breached password is refused in words', async () => {
  await write('\n', [newPassword.reveal()])
  const { id } = await ana()
  const set = setPassword(check(), system, { userId: id, password: newPassword, mustChange: false })
  await expect(set).rejects.toMatchObject({ code: 'password_too_weak', message: expect.stringContaining('leaked') })
})

test('without the file a password is accepted with an event, or refused where the settings say so', async () => {
  await ana()
  expect(await directory.eventTypes()).toEqual(['password_check_failure', 'user_create'])
  const strict = createUser(check(false), system, {
    ...person,
    email: 'b@contoso.example',
    initialPassword: 'Amber-Lantern-77',
  })
  await expect(strict).rejects.toMatchObject({ code: 'busy' })
})
