import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestTenant, type TestTenant } from './testing.ts'

const [e3, e5, powerBi, calls, store] = [
  '6fd2c87f-b296-42f0-b197-1e91e994b900',
  'c7df2760-2c81-4ef7-b578-5b5392b571df',
  'f8a1db68-be16-40ed-86d5-cb42ce701560',
  '0c266dff-15dd-4b49-8397-2bb16070ed52',
  '6470687e-a428-4b7a-bef2-8a291ad947c9',
] as const

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTestTenant({ users: 12 })
})
afterAll(() => tenant.close())

const id = (at: number) => tenant.person(at).id
const assign = async (at: number, add: string[], remove: string[] = []) => {
  const body = { addLicenses: add.map((skuId) => ({ skuId })), removeLicenses: remove }
  const { status, body: told } = await tenant.call('POST', `/users/${id(at)}/assignLicense`, body)
  return status === 200 ? 200 : String((told['error'] as { message: string }).message)
}
const held = async (at: number) => {
  const { body } = await tenant.call('GET', `/users/${id(at)}?$select=assignedLicenses`)
  return (body['assignedLicenses'] as { skuId: string }[]).map(({ skuId }) => skuId)
}

test('several licences go in one request, and the states say that they are the person’s own', async () => {
  expect(await assign(0, [e3, powerBi])).toBe(200)
  expect(await held(0)).toEqual([e3, powerBi])
  const { body } = await tenant.call('GET', `/users/${id(0)}?$select=licenseAssignmentStates`)
  expect(body['licenseAssignmentStates']).toMatchObject([{ assignedByGroup: null }, { assignedByGroup: null }])
})

test('one licence that cannot be given fails all of the request', async () => {
  expect(await assign(1, [powerBi, store])).toMatch(/does not correspond to a valid company License/)
  expect(await assign(1, [e3, e5])).toMatch(/mutually exclusive/)
  expect(await assign(1, [calls])).toMatch(/depends on/)
  expect(await held(1)).toEqual([])
})

test('nobody gets more than was bought, and a deleted user gives the seat back', async () => {
  await tenant.ask('PUT', '/skus/POWER_BI_PRO', { enabled: 2 })
  expect(await assign(2, [powerBi])).toBe(200)
  expect(await assign(3, [powerBi])).toBe(`Subscription with SKU ${powerBi} does not have any available licenses.`)
  // Who holds it already may ask again.
  expect(await assign(2, [powerBi])).toBe(200)
  await tenant.call('DELETE', `/users/${id(2)}`)
  expect(await assign(3, [powerBi])).toBe(200)
})

test('an inherited licence looks like any other, and cannot be removed from the person', async () => {
  await tenant.ask('POST', '/acts', { act: 'inherit_licence', user: id(4), sku: 'ENTERPRISEPACK', group: 'g1' })
  expect(await held(4)).toEqual([e3])
  expect(await assign(4, [], [e3])).toMatch(/inherited from a group/)
  expect(await assign(4, [e3])).toBe(200)
  expect(await assign(4, [], [e3])).toBe(200)
  expect(await held(4)).toEqual([e3])
  expect(await assign(4, [], [powerBi])).toBe('User does not have a corresponding license.')
})

test('the delta tells of assigned licences', async () => {
  const select = '$select=id,assignedLicenses'
  let { body } = await tenant.call('GET', `/users/delta?${select}`)
  while (body['@odata.nextLink'] !== undefined) body = (await tenant.call('GET', String(body['@odata.nextLink']))).body
  await assign(5, [e3])
  const { body: next } = await tenant.call('GET', String(body['@odata.deltaLink']))
  const told = next.value.findLast((item) => item['id'] === id(5))
  expect(told?.['assignedLicenses']).toMatchObject([{ skuId: e3 }])
})
