import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context, Hono } from 'hono'
import type { Provider } from 'oidc-provider'
import { Problem } from '../../domain/problem.ts'
import { isConfirmed as isConfirmedAt } from '../../domain/second-factor.ts'
import { readText } from '../../http/body.ts'
import type { AccessToken } from '../../http/caller.ts'
import type { HttpEnv } from '../../http/env.ts'
import { contentSecurityPolicy, securityHeaders } from '../../http/headers.ts'
import { languageOf } from '../../http/language.ts'
import { admit, visitOf } from '../entry.ts'
import { readForm } from '../form.ts'
import { SignInPage } from '../pages/sign-in-page.tsx'
import { type PortalOptions, pageSettings } from '../ports.ts'
import { signInRefusal, statusOf } from '../refusal.ts'
import { devicePages } from './device.tsx'
import type { Mounted, OauthOptions } from './provider.ts'
import { oneByOne, withBody } from './token-request.ts'

type Options = PortalOptions & Pick<OauthOptions, 'publicUrl' | 'programs'>

const tokenBytes = 16 * 1024

/** The provider below /oauth, and the sign-in that it leads to. */
export function oauth(app: Hono<HttpEnv>, provider: Provider, options: Options): void {
  const { settings, services, formTargets, personOf, confirmedAt } = options
  const isConfirmed = async (c: Context<HttpEnv>) => isConfirmedAt(await confirmedAt(c), options.now())
  const pageOf = (c: Context<HttpEnv>) => pageSettings(settings, languageOf(c))

  app.use('/oauth/interaction/*', async (c, next) => {
    c.header('Content-Security-Policy', contentSecurityPolicy(formTargets))
    await next()
  })

  app.get('/oauth/interaction/:uid', async (c) => {
    const person = await personOf(c)
    const { params } = await details(c)
    if (!person) return signInPage(c, {})
    const isAskedAnew = String(params['prompt'] ?? '')
      .split(' ')
      .includes('login')
    if (isAskedAnew && !(await isConfirmed(c)))
      return c.redirect(`/portal/confirm?interaction=${c.req.param('uid')}`, 303)
    return finish(c, person.id)
  })

  app.post('/oauth/interaction/:uid', async (c) => {
    await details(c)
    const { email, password } = await readForm(c, 'email', 'password')
    try {
      const visit = visitOf(c, options)
      return admit(c, await services.signIn({ email: email.trim(), password, visit, onward: c.req.path }), c.req.path)
    } catch (error) {
      const refusal = signInRefusal(error, pageOf(c).t)
      c.status(statusOf(error))
      return signInPage(c, { email, refusal })
    }
  })

  function signInPage(c: Context<HttpEnv>, given: { email?: string; refusal?: string }) {
    const interaction = c.req.param('uid')
    return c.html(<SignInPage settings={pageOf(c)} action={c.req.path} interaction={interaction} {...given} />)
  }

  async function details(c: Context<HttpEnv>) {
    const { incoming, outgoing } = rawOf(c)
    try {
      return await provider.interactionDetails(incoming, outgoing)
    } catch {
      throw new Problem('sign_in_ended', pageOf(c).t('portal.signIn.started.over'))
    }
  }

  /** Tells the provider who signed in, and goes on where it says. */
  async function finish(c: Context<HttpEnv>, userId: string) {
    const interaction = await details(c)
    await forgetOther(interaction, userId)
    const { incoming, outgoing } = rawOf(c)
    // So that a token knows how long ago the person proved to be the one.
    const ts = Math.floor(((await confirmedAt(c)) ?? 0) / 1_000)
    // Programs on the person's machine would be asked about once more; they are ours, and ask for nothing else.
    const result = { login: { accountId: userId, ts }, consent: {} }
    const goOn = await provider.interactionResult(incoming, outgoing, result)
    return c.redirect(goOn, 303)
  }

  /** The provider remembers who signed in last in this browser, here and in the interaction; now it is somebody else. */
  async function forgetOther(interaction: Awaited<ReturnType<typeof details>>, userId: string) {
    const uid = interaction.session?.uid
    const session = uid === undefined ? undefined : await provider.Session.findByUid(uid)
    if (!session?.accountId || session.accountId === userId) return
    session.accountId = undefined
    session.authorizations = {}
    await session.persist()
    interaction.session = undefined
    await interaction.persist()
  }

  devicePages(app, provider, options)
  app.post('/oauth/device/auth', async (c, next) => {
    await options.programs.codeAsked(options.addressOf(c))
    await next()
  })

  const callback = provider.callback()
  async function pass(c: Context<HttpEnv>, incoming: IncomingMessage) {
    const { outgoing } = rawOf(c)
    for (const [name, value] of Object.entries(securityHeaders(options.publicUrl))) outgoing.setHeader(name, value)
    const caller = { language: languageOf(c), address: options.addressOf(c) }
    await callback(mounted(incoming, options.publicUrl, caller), outgoing)
    return new Response(null, { headers: { 'x-hono-already-sent': 'true' } })
  }

  app.post('/oauth/token', async (c) => {
    const { incoming } = rawOf(c)
    const text = await readText(c.req.raw, tokenBytes)
    const asked = new URLSearchParams(text)
    const [token, client] = [asked.get('refresh_token'), asked.get('client_id')]
    return await oneByOne(token, async () => {
      const isRenewal = asked.get('grant_type') === 'refresh_token' && token !== null && client !== null
      const again = isRenewal ? await options.programs.repeated({ token, client }) : null
      if (again !== null) return c.body(again, 200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      return await pass(c, withBody(incoming, text))
    })
  })
  app.all('/oauth/*', (c) => pass(c, rawOf(c).incoming))
}

/** Finds out who holds an access token, and which key it is bound to. */
export async function resolveAccessToken(
  provider: Provider,
  token: string,
  person: OauthOptions['person'],
): Promise<AccessToken | null> {
  const found = await provider.AccessToken.find(token)
  if (!found || found.isExpired || found.accountId === undefined) return null
  const holder = await person(found.accountId)
  return holder && { person: holder, jkt: found.isSenderConstrained() ? (found.jkt ?? '') : null }
}

/** When the person behind an access token proved last to be the one. */
export async function tokenConfirmedAt(provider: Provider, token: string): Promise<number | null> {
  const found = await provider.AccessToken.find(token)
  const seconds = found?.extra?.['confirmedAt']
  return typeof seconds === 'number' ? seconds * 1_000 : null
}

function rawOf(c: Context<HttpEnv>) {
  const { incoming, outgoing } = c.env
  if (!incoming || !outgoing) throw new Error('The provider answers on a Node server alone.')
  return { incoming, outgoing } as {
    incoming: IncomingMessage
    outgoing: ServerResponse
  }
}

/** Strips the mount path as Express does, and replaces what a caller may have said about proxies. */
function mounted(
  incoming: IncomingMessage,
  publicUrl: string,
  caller: Required<Pick<Mounted, 'language' | 'address'>>,
): Mounted {
  const url = incoming.url ?? '/oauth'
  const path = url.startsWith('/oauth') ? url : url.slice(url.indexOf('/oauth'))
  delete incoming.headers['x-forwarded-host']
  delete incoming.headers['x-forwarded-for']
  incoming.headers['x-forwarded-proto'] = new URL(publicUrl).protocol.slice(0, -1)
  return Object.assign(incoming, { ...caller, originalUrl: path, url: path.slice('/oauth'.length) || '/' })
}
