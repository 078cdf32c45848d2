import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSettings, publicUrlOf, readSettings, SettingsError } from './settings.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-settings-'))
  file = join(folder, 'lockstep.json')
})
afterEach(() => rm(folder, { recursive: true }))

test('a first start writes a settings file that only its owner can read', async () => {
  const instance = await openSettings(folder, {})
  expect(publicUrlOf(instance)).toBe('http://localhost:7474')
  expect(instance).toMatchObject({ listen: { host: '127.0.0.1', port: 7474 } })
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ organisation: 'Lockstep' })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('what an operator wrote is read and stays as it is', async () => {
  const text = '{ "organisation": "Contoso",\n "publicUrl": "https://id.contoso.example/", "listen": { "port": 8080 } }'
  await writeFile(file, text)
  expect(await openSettings(folder, {})).toMatchObject({
    organisation: 'Contoso',
    publicUrl: 'https://id.contoso.example',
    listen: { host: '127.0.0.1', port: 8080 },
  })
  expect(await readFile(file, 'utf8')).toBe(text)
})

test('the environment wins over the file', async () => {
  await writeFile(file, '{"organisation":"Contoso","listen":{"host":"::1","port":1},"keyFile":"a"}')
  const instance = await openSettings(folder, {
    LOCKSTEP_HOST: '0.0.0.0',
    LOCKSTEP_PORT: '9000',
    LOCKSTEP_PUBLIC_URL: 'https://id.contoso.example',
    LOCKSTEP_KEY_FILE: '/etc/lockstep/key',
    LOCKSTEP_SMTP_URL: 'smtp://user:hunter2@mail.contoso.example',
  })
  expect(instance).toMatchObject({
    listen: { host: '0.0.0.0', port: 9000 },
    publicUrl: 'https://id.contoso.example',
    key: { file: '/etc/lockstep/key' },
  })
  expect(instance.mail?.url.reveal()).toContain('hunter2')
  expect(inspect(instance, { depth: 9 }) + JSON.stringify(instance)).not.toContain('hunter2')
})

test('the secret of the app at which administrators sign in comes from a file, and shows nowhere', async () => {
  const clientId = '11111111-1111-4111-8111-111111111111'
  await writeFile(file, JSON.stringify({ delegatedApp: { clientId, clientSecretFile: 'app.secret' } }))
  await expect(openSettings(folder, {})).rejects.toThrow(
    /app\.secret: the client secret of "delegatedApp" is not there/,
  )
  await writeFile(join(folder, 'app.secret'), 'hunter2\n')
  const instance = await openSettings(folder, {})
  expect(instance.delegatedApp).toMatchObject({ clientId, tenant: 'organizations' })
  expect(instance.delegatedApp?.clientSecret.reveal()).toBe('hunter2')
  expect(inspect(instance, { depth: 9 }) + JSON.stringify(instance)).not.toContain('hunter2')
})

test('a second factor is demanded of administrators; of nobody only where nobody else gets', async () => {
  expect(await openSettings(folder, {})).toMatchObject({ secondFactor: 'admins' })
  await writeFile(file, '{"requireSecondFactor":"nobody"}')
  expect(await openSettings(folder, {})).toMatchObject({ secondFactor: 'nobody' })
  const refusal = openSettings(folder, { LOCKSTEP_PUBLIC_URL: 'https://id.contoso.example' })
  await expect(refusal).rejects.toThrow('"requireSecondFactor": "nobody" is for trials on this machine')
  await writeFile(file, '{"requireSecondFactor":"everybody"}')
  const instance = await openSettings(folder, { LOCKSTEP_PUBLIC_URL: 'https://id.contoso.example' })
  expect(instance).toMatchObject({ secondFactor: 'everybody' })
})

test.each([
  ['{\n  "organisation": "Contoso"\n  "listen": {}\n}', 3, 'not JSON'],
  ['{\n  "organisation": "Contoso",\n  "listne": {}\n}', 3, 'listne: there is no such setting'],
  ['{\n  "organisation": "Contoso",\n  "listen": {\n    "port": "80"\n  }\n}', 4, 'listen.port'],
  ['{\n  "publicUrl": "http://id.contoso.example"\n}', 2, 'https origin'],
  ['{\n  "publicUrl": "https://id.contoso.example/path"\n}', 2, 'without a path'],
  ['{\n  "allowedClouds": ["https://graph.example",\n "http://login.example"]\n}', 3, 'allowedClouds.1'],
  ['{\n  "__proto__": { "organisation": "x" }\n}', 2, '__proto__'],
  ['{\n  "passwords": {\n    "minLength": 7\n  }\n}', 3, 'under 8'],
  ['{\n  "passwords": {\n    "hashing": { "memoryKib": 19456, "passes": 1 }\n  }\n}', 3, 'Too weak'],
  ['{\n  "passwords": {\n    "breachedUrl": "http://pwned.example/range"\n  }\n}', 3, 'https URL'],
  ['{\n  "passwords": {\n    "expiry": { "afterDays": 7 }\n  }\n}', 3, 'afterDays'],
  ['[]', 1, 'expected object'],
])('a settings file that cannot be used is refused by file and line: %j', async (text, line, words) => {
  await writeFile(file, text)
  const refusal = await openSettings(folder, {}).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(SettingsError)
  expect(String(refusal)).toContain(`${file}, line ${line}`)
  expect(String(refusal)).toContain(words)
  expect(await readFile(file, 'utf8')).toBe(text)
})

test('breached passwords are looked up in one place', async () => {
  await writeFile(file, '{"passwords":{"breachedUrl":"https://api.pwnedpasswords.com/range"}}')
  const { breached } = await openSettings(folder, {})
  expect(breached).toEqual({ url: 'https://api.pwnedpasswords.com/range', failOpen: true })
  await writeFile(file, '{"passwords":{"breachedUrl":"https://pwned.example/range","breachedFile":"list.txt"}}')
  await expect(openSettings(folder, {})).rejects.toThrow('exclude each other')
})

test('the preset asks for more of a password that stands alone, and is never shorter than what was asked', async () => {
  await writeFile(file, '{"passwords":{"preset":"nist"}}')
  expect((await openSettings(folder, {})).passwordPolicy).toEqual({ minLength: 8, minLengthAlone: 15, words: [] })
  await writeFile(file, '{"passwords":{"preset":"nist","minLength":20}}')
  expect((await openSettings(folder, {})).passwordPolicy).toEqual({ minLength: 20, minLengthAlone: 20, words: [] })
})

test('passwords expire only where it is asked for, and nobody is blocked unless that is, too', async () => {
  expect((await openSettings(folder, {})).passwordExpiry).toBeNull()
  await writeFile(file, '{"passwords":{"expiry":{"afterDays":180}}}')
  expect((await openSettings(folder, {})).passwordExpiry).toEqual({ afterDays: 180, graceDays: 14, block: false })
})

test('a variable that cannot be used is refused by name, without its value', async () => {
  const refusal = await readSettings(folder, { LOCKSTEP_SMTP_URL: 'hunter2' }).catch((error: unknown) => error)
  expect(String(refusal)).toContain('LOCKSTEP_SMTP_URL')
  expect(String(refusal)).not.toContain('hunter2')
})
