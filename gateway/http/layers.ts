import type { ProblemDocument } from '@lockstep/shared/contract/problems'
import type { Locale } from '@lockstep/shared/messages/locale'
import type { Hono } from 'hono'
import { Problem } from '../domain/problem.ts'
import { cors } from './cors.ts'
import { crossSite } from './cross-site.ts'
import type { HttpEnv } from './env.ts'
import { headers } from './headers.ts'
import { hostCheck } from './host.ts'
import { problemOf, problemResponse } from './problem-response.ts'
import { requestLog } from './request-log.ts'
import type { HttpSettings, Log } from './settings.ts'

export type LayerOptions = {
  settings: HttpSettings
  log: Log
  now(): number
  newId(): string
  renderProblem(problem: ProblemDocument, language: Locale | undefined): string | Promise<string>
}

/** Paths that are called by programs with a body of their own and never look at the portal's cookie. */
const cookieFree = /^\/oauth\/(token|token\/revocation|userinfo|device\/auth)$/

/** What every request goes through, in this order, before any route. */
export function layers(app: Hono<HttpEnv>, options: LayerOptions): void {
  const { settings } = options
  const fromExtension = cors(settings.extensionIds)
  const fromOurselves = crossSite(settings)
  app.use(requestLog(options))
  app.use(headers(settings.publicUrl))
  app.use(hostCheck(settings))
  app.use('/api/*', fromExtension)
  app.use('/oauth/*', fromExtension)
  app.use('/.well-known/*', fromExtension)
  app.use((c, next) => (cookieFree.test(c.req.path) ? next() : fromOurselves(c, next)))
  app.onError((error, c) => problemResponse(c, problemOf(error, c), options.renderProblem))
  app.notFound((c) =>
    problemResponse(c, new Problem('not_found', 'Check the address, or start at /portal.'), options.renderProblem),
  )
}
