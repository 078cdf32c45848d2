import type { Discovery } from '@lockstep/shared/contract/discovery'
import { type EndpointName, endpoints } from '@lockstep/shared/contract/endpoints'
import type { Hono } from 'hono'
import { html } from 'hono/html'
import { Problem } from '../domain/problem.ts'
import type { HttpEnv } from './env.ts'
import { openApiDocument } from './openapi.ts'
import { pathOf } from './serve.ts'

export type WellKnownOptions = {
  discovery: Discovery
  /** Rejects or says false while requests cannot be served. */
  isReady(): Promise<boolean>
}

/** What anybody may ask: health, discovery and the description of the API. */
export function wellKnown(app: Hono<HttpEnv>, { discovery, isReady }: WellKnownOptions): void {
  const document = JSON.stringify(
    openApiDocument({ url: discovery.portal.replace(/\/portal$/, ''), version: discovery.version }),
  )
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', async (c) => {
    if (await isReady().catch(() => false)) return c.json({ ok: true })
    throw new Problem('not_ready', 'Wait a moment; the log of the gateway says what it waits for.')
  })
  app.get('/openapi.json', (c) => c.body(document, 200, { 'Content-Type': 'application/json' }))
  app.get('/docs', (c) => c.html(docs()))
  app.get('/.well-known/lockstep', (c) => c.json(discovery))
  app.get('/.well-known/change-password', (c) => c.redirect('/portal/password', 302))
  app.get('/', (c) => c.redirect('/portal', 302))
}

function docs() {
  const rows = (Object.keys(endpoints) as EndpointName[]).map((name) => {
    const shape = endpoints[name]
    const path = pathOf(shape).replace(/:(\w+)/g, '{$1}')
    return html`<tr><td><code>${shape.method}</code></td><td><code>${path}</code></td><td>${shape.summary}</td><td>${shape.access}</td></tr>`
  })
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Lockstep API</title>
    <link rel="stylesheet" href="/assets/portal-styles.css">
  </head>
  <body class="docs">
    <main>
      <h1>The API</h1>
      <p>Everything in detail is in <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). Errors are <code>application/problem+json</code> with a stable <code>code</code>.</p>
      <table>
        <thead><tr><th scope="col">Method</th><th scope="col">Path</th><th scope="col">What it does</th><th scope="col">For</th></tr></thead>
        <tbody>${rows}</tbody>
      </table>
    </main>
  </body>
</html>`
}
