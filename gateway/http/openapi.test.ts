import { endpoints } from '@lockstep/shared/contract/endpoints'
import { expect, test } from 'vitest'
import { openApiDocument } from './openapi.ts'

const document = openApiDocument({ url: 'https://lockstep.contoso.example', version: '0.1.0' })
const paths = document['paths'] as Record<string, Record<string, { operationId: string; responses: object }>>

test('every endpoint of the contract is in the document, with its refusals', () => {
  for (const [name, shape] of Object.entries(endpoints)) {
    const operation = paths[`/api/v1${shape.path}`]?.[shape.method.toLowerCase()]
    expect(operation?.operationId).toBe(name)
    expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(Object.keys(shape.answers)))
  }
  expect(document['openapi']).toBe('3.1.0')
})
