import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { basePath } from '@lockstep/shared/client/client'
import type { EndpointShape } from '@lockstep/shared/contract/endpoint'
import { type EndpointName, endpoints } from '@lockstep/shared/contract/endpoints'
import { problems } from '@lockstep/shared/contract/problems'
import { z } from 'zod'

const ProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

/** The contract as an OpenAPI 3.1 document. */
export function openApiDocument(server: { url: string; version: string }): Record<string, unknown> {
  const app = new OpenAPIHono()
  for (const name of Object.keys(endpoints) as EndpointName[]) {
    app.openAPIRegistry.registerPath(routeOf(name, endpoints[name]))
  }
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-lockstep',
  })
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Lockstep', version: server.version },
    servers: [{ url: server.url }],
  })
  return document as unknown as Record<string, unknown>
}

function routeOf(name: string, shape: EndpointShape) {
  const names = [...shape.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  const params = z.object(Object.fromEntries(names.map((param) => [param, z.string().max(64)])))
  return createRoute({
    method: shape.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete',
    path: basePath + shape.path,
    operationId: name,
    summary: shape.summary,
    description: shape.access === 'public' ? 'For anybody.' : `For the role: ${shape.access}.`,
    tags: [shape.path.split('/')[1] ?? ''],
    security: shape.access === 'public' ? [] : [{ token: [] }, { session: [] }],
    request: {
      ...(names.length > 0 && { params }),
      ...(shape.query && { query: shape.query }),
      ...(shape.body && {
        body: { required: true, content: { [shape.bodyType ?? 'application/json']: { schema: shape.body } } },
      }),
    },
    responses: { ...answersOf(shape), ...refusalsOf(shape) },
  })
}

function answersOf(shape: EndpointShape) {
  return Object.fromEntries(
    Object.entries(shape.answers).map(([status, schema]) => [
      status,
      {
        description: shape.streams ? 'A stream of these' : 'Done',
        ...(schema && { content: contentOf(shape, schema) }),
      },
    ]),
  )
}

function contentOf(shape: EndpointShape, schema: z.ZodType) {
  // OpenAPI 3.1 says of bytes no more than their type.
  if (shape.answerType !== undefined) return { [shape.answerType]: { schema: {} } }
  return Object.fromEntries((shape.streams ?? ['application/json']).map((type) => [type, { schema }]))
}

function refusalsOf(shape: EndpointShape) {
  const general = ['malformed_request', 'validation_failed', 'internal_error'] as const
  const guarded = shape.access === 'public' ? [] : (['not_signed_in', 'forbidden'] as const)
  const codes = new Map<number, Set<string>>()
  for (const code of [...general, ...guarded, ...shape.problems]) {
    const { status } = problems[code]
    codes.set(status, (codes.get(status) ?? new Set()).add(code))
  }
  return Object.fromEntries(
    [...codes].map(([status, names]) => [
      status,
      {
        description: [...names].join(', '),
        content: { 'application/problem+json': { schema: ProblemSchema } },
      },
    ]),
  )
}
