import { password } from '../../support/portal-stage.ts'
import type { Row } from './row.ts'

const program = {
  client_id: 'cli',
  response_type: 'code',
  redirect_uri: 'http://127.0.0.1/cb',
  scope: 'openid offline_access',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
}

/** Programs sign people in at /oauth; the rest is what went wrong. */
export const problemRows: readonly Row[] = [
  {
    name: 'oauth-sign-in',
    heading: 'Sign in',
    reach: (visit) => visit.go(`/oauth/auth?${new URLSearchParams(program)}`),
  },
  {
    name: 'oauth-stopped',
    heading: 'The sign-in could not go on',
    reach: (visit) => visit.go(`/oauth/auth?${new URLSearchParams({ ...program, client_id: 'unknown' })}`),
  },
  {
    name: 'oauth-over',
    heading: 'This sign-in has ended',
    reach: (visit) => visit.go('/oauth/interaction/of-last-year'),
  },
  {
    name: 'not-found',
    heading: 'There is nothing at this address',
    reach: (visit) => visit.go('/portal/of-last-year'),
  },
  {
    name: 'from-another-site',
    heading: 'The request came from another site',
    async reach(visit, stage) {
      await visit.page.goto('about:blank')
      await visit.page.setContent(
        `<form method="post" action="${stage.here.gateway.url}/portal/login"><button>Go on</button></form>`,
      )
      await visit.press('button')
    },
  },
  {
    name: 'mistake-of-ours',
    heading: 'Lockstep made a mistake',
    async reach(visit, stage) {
      await visit.go('/portal/login')
      await stage.broken(() => visit.send({ email: 'anneliese.obermayr@contoso.example', password }))
    },
  },
  {
    name: 'sealed',
    heading: 'This page is not available at the moment',
    reach: async (visit, stage) => visit.go((await stage.once('sealed', () => stage.lone({ sealed: true }))).url),
  },
  {
    name: 'forgot-without-mail',
    heading: 'Forgot your password?',
    reach: async (visit, stage) =>
      visit.go(`${(await stage.once('without mail', () => stage.lone())).url}/portal/forgot`),
  },
]
