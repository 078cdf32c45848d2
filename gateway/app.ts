import { getRequestListener } from '@hono/node-server'
import type { Discovery } from '@lockstep/shared/contract/discovery'
import { Hono } from 'hono'
import { type CallbackOptions, callback } from './admin/callback.ts'
import { admin } from './admin/pages.tsx'
import { addressReader } from './http/address.ts'
import { readAssets, serveAssets } from './http/assets.ts'
import type { ApiToken, Person } from './http/caller.ts'
import type { HttpEnv } from './http/env.ts'
import type { IdempotencyMemory } from './http/idempotency.ts'
import { identifier } from './http/identify.ts'
import { language } from './http/language.ts'
import { layers } from './http/layers.ts'
import { type Handlers, serve } from './http/serve.ts'
import { readSession } from './http/session.ts'
import type { HttpSettings, Log } from './http/settings.ts'
import { stepUp } from './http/step-up.ts'
import { createStreams } from './http/streams.ts'
import { wellKnown } from './http/well-known.ts'
import { createProvider, type OauthOptions, redirectUriOf } from './portal/oauth/provider.ts'
import { oauth, resolveAccessToken, tokenConfirmedAt } from './portal/oauth/routes.tsx'
import { problemPage } from './portal/pages/problem-page.tsx'
import type { PortalOptions, PortalServices, PortalSettings } from './portal/ports.ts'
import { portal } from './portal/routes.tsx'

export type AppOptions = {
  settings: HttpSettings & PortalSettings & { version: string }
  log: Log
  now(): number
  newId(): string
  /** Folder of the browser bundles, as build-assets.mjs wrote it. */
  assetsFolder: string
  /** Who holds a session or a token, as of now; null for nobody. */
  sessionOf(token: string, isUse?: boolean): Promise<Person | null>
  apiTokenOf(token: string): Promise<ApiToken | null>
  personOf(userId: string): Promise<Person | null>
  /** When the person of a session proved last to be the one. */
  confirmedAtOf(token: string): Promise<number | null>
  /** What the pages about a person's own security work on. */
  directory: PortalOptions['directory']
  handlers: Handlers
  portal: PortalServices
  idempotency: IdempotencyMemory
  oauth: Pick<OauthOptions, 'keys' | 'adapter' | 'programs'>
  /** Ends the sign-in of an administrator at Microsoft. */
  finishAuthorization: CallbackOptions['finish']
  isReady(): Promise<boolean>
  /** Aborted when the gateway is about to end: streams end then. */
  ending?: AbortSignal
  checkAnswers?: boolean
}

/** Everything that the gateway serves, as a function of requests. */
export async function buildApp(options: AppOptions) {
  const { settings } = options
  const problem = problemPage(settings)
  const provider = createProvider({
    ...options.oauth,
    publicUrl: settings.publicUrl,
    extensionIds: settings.extensionIds,
    person: options.personOf,
    renderError: problem.ofOauth,
  })
  const gatekeeper = {
    session: options.sessionOf,
    apiToken: options.apiTokenOf,
    accessToken: (token: string) => resolveAccessToken(provider, token, options.personOf),
    confirmedAt: (credential: { session: string } | { accessToken: string }) =>
      'session' in credential
        ? options.confirmedAtOf(credential.session)
        : tokenConfirmedAt(provider, credential.accessToken),
  }
  const addressOf = addressReader(settings.trustedProxies)
  const app = new Hono<HttpEnv>()
  for (const path of ['/portal/*', '/oauth/*']) app.use(path, language(settings.language))
  layers(app, { ...options, renderProblem: problem.render })
  app.get('/assets/:name', serveAssets(await readAssets(options.assetsFolder)))
  wellKnown(app, { discovery: discovery(settings), isReady: options.isReady })
  const identify = identifier({ gatekeeper, publicUrl: settings.publicUrl, now: options.now })
  callback(app, { identify, finish: options.finishAuthorization })
  serve(app, options.handlers, {
    identify,
    assertConfirmed: stepUp({ gatekeeper, now: options.now }),
    idempotency: options.idempotency,
    streams: createStreams(options.ending ?? new AbortController().signal),
    addressOf,
    checkAnswers: options.checkAnswers ?? false,
  })
  const pages = {
    settings,
    services: options.portal,
    directory: options.directory,
    formTargets: settings.extensionIds.map((id) => new URL(redirectUriOf(id)).origin),
    now: options.now,
    addressOf,
    async confirmedAt(c: Parameters<typeof readSession>[0]) {
      const session = readSession(c)
      return session === null ? null : options.confirmedAtOf(session)
    },
    async personOf(c: Parameters<typeof readSession>[0]) {
      const session = readSession(c)
      return session === null ? null : options.sessionOf(session)
    },
  }
  portal(app, pages)
  oauth(app, provider, { ...pages, publicUrl: settings.publicUrl, programs: options.oauth.programs })
  admin(app, pages)
  return { app, fetch: app.fetch, nodeHandler: getRequestListener(app.fetch, { overrideGlobalObjects: false }) }
}

function discovery(settings: AppOptions['settings']): Discovery {
  return {
    name: settings.organisation,
    version: settings.version,
    portal: `${settings.publicUrl}/portal`,
    passwordUrl: `${settings.publicUrl}/portal/password`,
    supportContact: settings.supportContact,
    redirectRules: { version: 1, sources: [] },
    extension: { minimumVersion: '0.1.0' },
  }
}
