import type { z } from 'zod'
import type { ProblemCode } from './problems.ts'

/** Who may call: anybody, any signed-in person, or a role; each role may do what the one before it may. */
export type Access = 'public' | 'user' | 'auditor' | 'helpdesk' | 'admin'

export type StreamType = 'text/event-stream' | 'application/jsonl' | 'text/csv'

export type EndpointShape = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base path, parameters in braces: `/users/{id}`. */
  path: `/${string}`
  summary: string
  access: Access
  /** A person has to have proved lately to be the one; API tokens have their own limits. */
  stepUp?: true
  query?: z.ZodObject
  body?: z.ZodType
  /** What the body is written in; JSON unless said. */
  bodyType?: 'text/csv'
  /** What the answer is written in, byte by byte; JSON unless said. */
  answerType?: 'image/jpeg'
  /** By status; null for an empty answer. */
  answers: Readonly<Partial<Record<200 | 201 | 202 | 204, z.ZodType | null>>>
  /** The answer is told once: a repeated request with the same idempotency key learns only that it was done. */
  secretAnswer?: true
  /** The 200 answer is not one value but a stream of them, in one of these types. */
  streams?: readonly StreamType[]
  problems: readonly ProblemCode[]
}

/** An endpoint is a value: route, role check, client and OpenAPI are read off it. */
export function endpoint<const E extends EndpointShape>(shape: E): E {
  return shape
}

export type AnswerOf<E extends EndpointShape> = {
  [S in keyof E['answers']]: E['answers'][S] extends z.ZodType ? z.output<E['answers'][S]> : undefined
}[keyof E['answers']]

export type BodyOf<E extends EndpointShape> = E extends { body: z.ZodType } ? z.input<E['body']> : undefined
export type QueryOf<E extends EndpointShape> = E extends { query: z.ZodObject } ? z.input<E['query']> : undefined

type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never
export type ParamsOf<E extends EndpointShape> = [NamesIn<E['path']>] extends [never]
  ? undefined
  : Record<NamesIn<E['path']>, string>
