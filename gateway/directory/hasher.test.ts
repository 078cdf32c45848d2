import { expect, test } from 'vitest'
import { defaultCost, floorCost } from '../domain/hash-cost.ts'
import { Secret } from '../domain/secret.ts'
import { createHasher } from './hasher.ts'

const password = new Secret('Purple-Kettle-42')

test('a hash is argon2id with the parameters of the default, and verifies its password alone', async () => {
  const hasher = createHasher()
  const phc = await hasher.hash(password)
  expect(phc).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(await hasher.verify(phc, password)).toBe(true)
  expect(await hasher.verify(phc, new Secret('Purple-Kettle-43'))).toBe(false)
  expect(await hasher.verify(undefined, password)).toBe(false)
  expect(hasher.isOutdated(phc)).toBe(false)
})

test('a hash of other parameters is outdated', async () => {
  const old = await createHasher(floorCost).hash(password)
  const hasher = createHasher()
  expect(hasher.isOutdated(old)).toBe(true)
  expect(await hasher.verify(old, password)).toBe(true)
})

test.each([
  { ...floorCost, memoryCost: 19_455 },
  { ...floorCost, timeCost: 1 },
  { ...defaultCost, timeCost: 0 },
])('%j is below the floor and refused', (cost) => {
  expect(() => createHasher(cost)).toThrow('at least')
})

test('more than 64 who wait are told to come again', async () => {
  const hasher = createHasher(floorCost, 1)
  const all = await Promise.allSettled(Array.from({ length: 67 }, () => hasher.verify(undefined, password)))
  expect(all.filter((each) => each.status === 'rejected')).toHaveLength(2)
  expect(all[66]).toMatchObject({ reason: { code: 'busy', retryAfterSeconds: 5 } })
})

test('an address that fills the queue makes room for others, and takes turns with them', async () => {
  const hasher = createHasher(floorCost, 1)
  const order: string[] = []
  const ask = (address: string) =>
    hasher.verify(undefined, password, address).then(
      () => order.push(address),
      () => order.push(`${address} refused`),
    )
  const crowd = Array.from({ length: 65 }, () => ask('192.0.2.1'))
  await Promise.all([...crowd, ask('192.0.2.2')])
  expect(order.filter((each) => each === '192.0.2.1 refused')).toHaveLength(1)
  expect(order.filter((each) => !each.endsWith('refused')).indexOf('192.0.2.2')).toBeLessThan(4)
})
