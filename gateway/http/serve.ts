import { basePath } from '@lockstep/shared/client/client'
import type { Access, EndpointShape, ParamsOf, StreamType } from '@lockstep/shared/contract/endpoint'
import { type EndpointName, type Endpoints, endpoints } from '@lockstep/shared/contract/endpoints'
import type { Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { Problem } from '../domain/problem.ts'
import { parse, readCsv, readJson, readQuery } from './body.ts'
import { type Caller, hasRole, type Person } from './caller.ts'
import type { HttpEnv } from './env.ts'
import { type Answered, type IdempotencyMemory, once } from './idempotency.ts'
import { type Identify, notSignedIn } from './identify.ts'
import { endSession, readBrowser, readSession, startSession } from './session.ts'
import type { AssertConfirmed } from './step-up.ts'
import type { StreamAsk, Streamed, Streams } from './streams.ts'

type ActorOf<A extends Access> = A extends 'public' ? null : A extends 'user' ? Person : Caller

/** The session cookie as a handler may see and change it. */
export type SessionCookie = {
  token: string | null
  /** By what people who signed in with this browser know it again. */
  browser: string | null
  start(token: string, browser?: string): void
  end(): void
}

/** JSON knows no undefined: a key that may be absent is absent, or has its value. */
type Exact<T> = T extends string | number | boolean | null | undefined | readonly unknown[]
  ? T
  : { [K in keyof T]: Exact<Exclude<T[K], undefined>> }

/** A request after everything was checked: what a handler passes on to its use case. */
export type Asked<E extends EndpointShape> = {
  params: ParamsOf<E>
  query: E extends { query: z.ZodObject } ? Exact<z.output<E['query']>> : undefined
  body: E extends { body: z.ZodType } ? Exact<z.output<E['body']>> : undefined
  actor: ActorOf<E['access']>
  session: SessionCookie
  stream: E extends { streams: readonly StreamType[] } ? StreamAsk : undefined
  /** Address of the caller, for throttling. */
  address: string
  /** What the caller's browser calls itself. */
  agent: string | null
  /** Problem `step_up_needed` for a person who has not proved lately to be the one. */
  assertConfirmed(): Promise<void>
}

/** Use cases that answer nothing are void. */
type Nothing = ReturnType<() => void>

type Answers<E extends EndpointShape> = {
  [S in keyof E['answers']]: {
    status: S
    body: E['answers'][S] extends z.ZodType ? z.input<E['answers'][S]> : Nothing
  }
}[keyof E['answers']]

/** What a handler gives back: the body alone where the contract knows one status, else status and body. */
export type Answer<E extends EndpointShape> = E extends { streams: readonly StreamType[] } ? Streamed : Whole<E>
type Whole<E extends EndpointShape> = Answers<E>['status'] extends infer S
  ? [keyof E['answers']] extends [S]
    ? IsUnion<S> extends true
      ? Answers<E>
      : Answers<E>['body']
    : never
  : never
type IsUnion<T, U = T> = [T] extends [never] ? false : T extends unknown ? ([U] extends [T] ? false : true) : never

export type Handler<E extends EndpointShape> = (asked: Asked<E>) => Promise<Answer<E>>

/** One handler for each endpoint of the contract: a missing one does not compile. */
export type Handlers = { [N in EndpointName]: Handler<Endpoints[N]> }

type AnyHandler = (asked: unknown) => Promise<unknown>

export type ServeOptions = {
  identify: Identify
  assertConfirmed: AssertConfirmed
  idempotency: IdempotencyMemory
  streams: Streams
  /** The caller's address, by the proxies that the operator trusts. */
  addressOf(c: Context<HttpEnv>): string
  /** Parse what handlers answer too: for tests. */
  checkAnswers?: boolean
}

const bodyLimitBytes = 64 * 1024
const bulkLimitBytes = 8 * 1024 * 1024
/** 200,000 rows of a table. */
const csvLimitBytes = 32 * 1024 * 1024
const bulk: ReadonlySet<EndpointName> = new Set(['bulkBindings', 'importAccounts'])
const nothing = z.strictObject({})

/** Mounts the whole contract below the base path. */
export function serve(app: Hono<HttpEnv>, handlers: Handlers, options: ServeOptions): void {
  for (const name of Object.keys(endpoints) as EndpointName[]) {
    const shape: EndpointShape = endpoints[name]
    // What is asked and answered is checked against the shape, which no single type can say of all of them.
    const handler = handlers[name] as unknown as AnyHandler
    const limitBytes = shape.bodyType === 'text/csv' ? csvLimitBytes : bulk.has(name) ? bulkLimitBytes : bodyLimitBytes
    app.on(shape.method, pathOf(shape), (c) => answer(c, shape, handler, limitBytes, options))
  }
  for (const path of new Set(Object.values(endpoints).map(pathOf))) {
    app.all(path, () => {
      throw new Problem('method_not_allowed', 'See /docs for what this address answers to.')
    })
  }
}

/** The path of an endpoint in the router's notation. */
export function pathOf(shape: EndpointShape): string {
  return basePath + shape.path.replace(/\{(\w+)\}/g, ':$1')
}

async function answer(
  c: Context<HttpEnv>,
  shape: EndpointShape,
  handler: AnyHandler,
  limitBytes: number,
  options: ServeOptions,
): Promise<Response> {
  const caller = shape.access === 'public' ? null : await options.identify(c)
  authorise(shape.access, caller)
  const params = readParams(c)
  const query = parse(shape.query ?? nothing, readQuery(c.req.url))
  const given = await readBody(c, shape, limitBytes)
  const body = parse(shape.body ?? nothing, given)
  const assertConfirmed = () => options.assertConfirmed(c, caller)
  if (shape.stepUp) await assertConfirmed()
  const asked = {
    params,
    query,
    body,
    actor: caller,
    session: sessionCookie(c),
    address: options.addressOf(c),
    agent: c.req.header('user-agent') ?? null,
    assertConfirmed,
  }
  if (shape.answerType !== undefined) {
    const bytes = (await handler(asked)) as Uint8Array<ArrayBuffer>
    return c.body(bytes, 200, { 'Content-Type': shape.answerType })
  }
  if (shape.streams !== undefined) {
    const isAllowed = async () => isAuthorised(shape.access, await options.identify(c, 'again'))
    return await options.streams.answer(
      c,
      isAllowed,
      async (stream) => (await handler({ ...asked, stream })) as Streamed,
    )
  }
  const run = async () => asAnswered(shape, await handler(asked), options.checkAnswers ?? false)
  const key = c.req.header('idempotency-key')
  const answered =
    key === undefined || shape.method !== 'POST' || caller === null
      ? await run()
      : await once(
          options.idempotency,
          {
            scope: scopeOf(caller, c.req.path),
            key,
            content: JSON.stringify(given),
            isSecret: shape.secretAnswer ?? false,
          },
          run,
        )
  if (answered.body === null) return c.body(null, answered.status as 204)
  return c.body(answered.body, answered.status as ContentfulStatusCode, { 'Content-Type': 'application/json' })
}

async function readBody(c: Context<HttpEnv>, shape: EndpointShape, limitBytes: number): Promise<unknown> {
  if (shape.method === 'GET') return {}
  return await (shape.bodyType === 'text/csv' ? readCsv : readJson)(c.req.raw, limitBytes)
}

function authorise(access: Access, caller: Caller | null): void {
  if (access === 'public') return
  if (!caller) throw notSignedIn()
  if (access === 'user') {
    if (caller.kind === 'user') return
    throw new Problem('forbidden', 'This is for people who signed in; an API token is nobody.')
  }
  if (hasRole(caller, access)) return
  throw new Problem('forbidden', `This needs the role "${access}". Ask an administrator to give it to you.`)
}

function isAuthorised(access: Access, caller: Caller | null): boolean {
  try {
    authorise(access, caller)
    return true
  } catch {
    return false
  }
}

function readParams(c: Context<HttpEnv>): Record<string, string> {
  const params = c.req.param() as Record<string, string>
  for (const value of Object.values(params)) {
    if (value.length > 64 || /\p{Cc}/u.test(value)) throw new Problem('not_found', 'Check the address.')
  }
  return params
}

function sessionCookie(c: Context<HttpEnv>): SessionCookie {
  return {
    token: readSession(c),
    browser: readBrowser(c),
    start: (token, browser) => startSession(c, token, browser),
    end: () => endSession(c),
  }
}

function scopeOf(caller: Caller, path: string): string {
  return `${caller.kind} ${caller.id} POST ${path}`
}

function asAnswered(shape: EndpointShape, value: unknown, check: boolean): Answered {
  const statuses = Object.keys(shape.answers).map(Number) as (keyof EndpointShape['answers'])[]
  const several = statuses.length > 1 ? (value as { status: keyof EndpointShape['answers']; body: unknown }) : undefined
  const status = several?.status ?? statuses[0] ?? 200
  const schema = shape.answers[status]
  const body = several ? several.body : value
  if (!schema) return { status, body: null }
  return { status, body: JSON.stringify(check ? schema.parse(body) : body) }
}
