import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { system } from '../domain/actor.ts'
import type { Secret } from '../domain/secret.ts'
import { isInRange } from './breached-range.ts'
import { setPassword } from './set-password.ts'
import { createAna, newPassword, type TestDirectory, testDirectory } from './testing.ts'

const hashOf = (password: Secret) => createHash('sha1').update(password.reveal()).digest('hex').toUpperCase()
const hash = hashOf(newPassword)
const suffix = hash.slice(5)
const others = `${'0'.repeat(35)}:3\r\n${'F'.repeat(35)}:0`

let server: Server
let url: string
let answer: (request: IncomingMessage, response: ServerResponse) => void
let asked: IncomingMessage[]
beforeEach(async () => {
  asked = []
  server = createServer((request, response) => {
    asked.push(request)
    answer(request, response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/range`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const says = (text: string, status = 200) => {
  answer = (_, response) => void response.writeHead(status).end(text)
}

test.each<[string, string, boolean]>([
  ['listed', `${others}\r\n${suffix}:42`, true],
  ['listed in small letters', `${suffix.toLowerCase()}:1`, true],
  ['not listed', others, false],
  ['nothing is listed', '', false],
  ['a line of padding is no find', `${others}\r\n${suffix}:0`, false],
])('%s', async (_, text, expected) => {
  says(text)
  expect(await isInRange(url, newPassword)).toBe(expected)
})

test('five digits leave, with padding asked for, and nothing else of the password', async () => {
  says(others)
  await isInRange(`${url}/`, newPassword)
  const [request] = asked
  expect(request?.url).toBe(`/range/${hash.slice(0, 5)}`)
  expect(request?.headers['add-padding']).toBe('true')
  const told = JSON.stringify([request?.url, request?.rawHeaders])
  expect(told).not.toContain(hash.slice(0, 6))
  expect(told).not.toContain(newPassword.reveal())
})

test.each<[string, () => void, RegExp]>([
  ['an error', () => says('', 503), /answered 503/],
  ['a page instead of a list', () => says('<!doctype html>'), /no list/],
  ['more than any range', () => says(`${suffix}:1\r\n`.repeat(8_000)), /longer/],
  [
    'a redirect, which is not followed',
    () => {
      answer = (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end()
    },
    /redirect/,
  ],
  [
    'a broken connection',
    () => {
      answer = (request) => request.socket.destroy()
    },
    /closed|reset|hang up/,
  ],
])('%s is no answer', async (_, given, reason) => {
  given()
  await expect(isInRange(url, newPassword)).rejects.toThrow(reason)
  expect(asked).toHaveLength(1)
})

test('no answer in three seconds is none', async () => {
  answer = (_, response) => void response.writeHead(200).write(others)
  await expect(isInRange(url, newPassword)).rejects.toThrow(/three seconds/)
})

let directory: TestDirectory
const people = async (failOpen: boolean) => {
  directory = await testDirectory()
  const ana = await createAna(directory)
  directory.context.settings.breached = { url, failOpen }
  return () => setPassword(directory.context, system, { userId: ana.id, password: newPassword, mustChange: false })
}
const checks = async () => (await directory.events()).filter(({ type }) => type === 'password_check_failure')

test('a listed password is refused in words', async () => {
  says(`${suffix}:7`)
  const set = await people(true)
  await expect(set()).rejects.toMatchObject({ code: 'password_too_weak', message: expect.stringContaining('leaked') })
  await directory.close()
})

test('a service that does not answer is told in an event, and stops nobody unless the settings say so', async () => {
  says('', 500)
  const set = await people(true)
  await expect(set()).resolves.toEqual([])
  expect(await checks()).toMatchObject([{ outcome: 'failure', detail: expect.stringContaining('answered 500') }])
  directory.context.settings.breached = { url, failOpen: false }
  await expect(set()).rejects.toMatchObject({ code: 'busy' })
  await directory.close()
})
