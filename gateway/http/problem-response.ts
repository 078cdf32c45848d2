import { type ProblemDocument, problems } from '@lockstep/shared/contract/problems'
import type { Locale } from '@lockstep/shared/messages/locale'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Problem } from '../domain/problem.ts'
import type { HttpEnv } from './env.ts'
import { languageOf } from './language.ts'

export function problemDocument(problem: Problem): ProblemDocument {
  return {
    type: 'about:blank',
    title: problems[problem.code].title,
    status: problems[problem.code].status,
    detail: problem.message,
    code: problem.code,
    ...(problem.errors && { errors: problem.errors }),
  }
}

/** The one place where an error becomes an answer. What is not a Problem is a defect of ours: it gets an id, and nothing of it leaves. */
export function problemOf(error: unknown, c: Context<HttpEnv>): Problem {
  if (error instanceof Problem) return error
  if (error instanceof HTTPException && error.status < 500) {
    return new Problem('malformed_request', 'Send the request as the API describes it.')
  }
  const requestId = c.get('requestId') ?? 'unknown'
  c.get('log')?.error({ requestId, ...describe(error) }, 'a request met a defect')
  return new Problem(
    'internal_error',
    `Nothing is lost. Try again; if it stays, tell the operator this id: ${requestId}.`,
  )
}

/** Name and place of a defect; its message may quote input, so it stays out of the log. */
function describe(error: unknown): { error: string; stack: string | undefined } {
  if (!(error instanceof Error)) return { error: typeof error, stack: undefined }
  const stack = error.stack?.split('\n').filter((line) => /^\s+at /.test(line))
  return { error: error.name, stack: stack?.slice(0, 12).join('\n') }
}

/** Answers with the problem as problem+json, or as a page where a person is reading. */
export function problemResponse(
  c: Context<HttpEnv>,
  problem: Problem,
  renderPage?: (problem: ProblemDocument, language: Locale | undefined) => string | Promise<string>,
): Response | Promise<Response> {
  const document = problemDocument(problem)
  const status = document.status as ContentfulStatusCode
  if (problem.retryAfterSeconds !== undefined) c.header('Retry-After', String(Math.ceil(problem.retryAfterSeconds)))
  if (problem.code === 'not_signed_in') c.header('WWW-Authenticate', 'Bearer realm="lockstep", DPoP algs="ES256"')
  if (renderPage && wantsPage(c))
    return Promise.resolve(renderPage(document, languageOf(c))).then((html) => c.html(html, status))
  return c.body(JSON.stringify(document), status, { 'Content-Type': 'application/problem+json' })
}

function wantsPage(c: Context): boolean {
  return !c.req.path.startsWith('/api/') && (c.req.header('accept') ?? '').includes('text/html')
}
