import { expect, test } from 'vitest'
import { standingOf } from '../directory/my-status.ts'
import { type Headline, headlineOf } from './headline.ts'
import { anaStatus } from './testing.ts'

const { password } = anaStatus('in_sync')
type Password = Parameters<typeof standingOf>[0][number]['password']['state']

test.each<[Password[], boolean, Headline]>([
  [[], true, 'unbound'],
  [['in_sync'], true, 'in_sync'],
  [['in_sync'], false, 'in_sync'],
  [['pending'], true, 'on_its_way'],
  [['awaiting_login'], true, 'awaiting'],
  [['awaiting_login'], false, 'awaiting_change'],
  [['none'], true, 'awaiting'],
  [['drifted'], true, 'two_passwords'],
  [['drifted'], false, 'two_passwords'],
  [['in_sync', 'drifted'], true, 'two_passwords'],
  [['rejected'], true, 'refused'],
  [['drifted', 'rejected'], true, 'refused'],
])('passwords %j, takeover %s: %s', (passwords, takenOver, headline) => {
  const bindings = passwords.map((state) => ({ state: 'in_sync' as const, password: { state }, takenOver }))
  const [connection] = anaStatus('in_sync').connections
  const connections = bindings.flatMap(({ password }) =>
    connection ? [{ ...connection, password: { ...connection.password, ...password } }] : [],
  )
  expect(headlineOf({ ...standingOf(bindings), connections, password })).toBe(headline)
})

test('an account that cannot be updated is for the help desk, whatever its password is', () => {
  const bindings = [{ state: 'failed' as const, password: { state: 'in_sync' as const }, takenOver: true }]
  expect(headlineOf({ ...standingOf(bindings), connections: [], password })).toBe('trouble')
})

test('an expired password comes before what its connections say, and accounts closed for it before that', () => {
  const refused = { state: 'failed' as const, action: 'change_password' as const, connections: [] }
  expect(headlineOf({ ...refused, password: { ...password, expired: true } })).toBe('expired')
  expect(headlineOf({ ...refused, password: { ...password, expired: true, blocked: true } })).toBe('blocked')
  expect(headlineOf({ ...refused, password: { ...password, expiring: true } })).toBe('refused')
})
