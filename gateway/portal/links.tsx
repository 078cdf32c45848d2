import type { Context, Hono } from 'hono'
import type { LinkPurpose } from '../domain/link.ts'
import { Problem } from '../domain/problem.ts'
import type { HttpEnv } from '../http/env.ts'
import { languageOf } from '../http/language.ts'
import { clearFormCookie, readFormCookie, setFormCookie } from '../http/session.ts'
import { admit, visitOf } from './entry.ts'
import { readForm } from './form.ts'
import { ChoosePage, LinkGonePage, OtherPersonPage } from './pages/link-page.tsx'
import { type Invitation, type PortalOptions, pageSettings } from './ports.ts'
import { checkNew, passwordRefusal, statusOf } from './refusal.ts'

const formMaxAgeSeconds = 600

/** Paths and cookies by what a link is for, and where it leads; null: home. */
const kinds: Record<LinkPurpose, { name: string; onward: string | null }> = {
  activation: { name: 'activate', onward: null },
  reset: { name: 'reset', onward: '/portal/password/done' },
}

/*
 * The links of mails: opening one uses nothing up, since mail scanners open links too. The token moves from the address
 * bar into a cookie for ten minutes; sending the form uses it.
 */
export function links(app: Hono<HttpEnv>, options: PortalOptions): void {
  mount(app, options, 'activation')
  mount(app, options, 'reset')
}

function mount(app: Hono<HttpEnv>, options: PortalOptions, purpose: LinkPurpose): void {
  const { settings, services, personOf } = options
  const { name, onward } = kinds[purpose]
  const path = `/portal/${name}`
  const pageOf = (c: Context<HttpEnv>) => pageSettings(settings, languageOf(c))

  app.get(`${path}/:token`, (c) => {
    setFormCookie(c, name, c.req.param('token').slice(0, 256), formMaxAgeSeconds)
    c.header('Referrer-Policy', 'no-referrer')
    return c.redirect(path, 303)
  })

  app.get(path, async (c) => {
    const { invitation, refused } = await look(c, readFormCookie(c, name))
    if (refused) return refused
    return c.html(<ChoosePage settings={pageOf(c)} purpose={purpose} action={path} invitation={invitation} />)
  })

  app.post(path, (c) => choose(c, readFormCookie(c, name)))
  // For scripts. A browser that opened another link before is not asked to use this one.
  app.post(`${path}/:token`, (c) => {
    const token = c.req.param('token')
    return choose(c, (readFormCookie(c, name) ?? token) === token ? token : null)
  })

  async function choose(c: Context<HttpEnv>, token: string | null) {
    const form = await readForm(c, 'newPassword')
    const { invitation, refused } = await look(c, token)
    if (refused || token === null) return refused ?? gone(c)
    try {
      const newPassword = checkNew(form.newPassword)
      const visit = visitOf(c, options)
      const entry = await services.choosePassword({ token, purpose, newPassword, visit, onward })
      clearFormCookie(c, name)
      return admit(c, entry, onward)
    } catch (error) {
      if (error instanceof Problem && error.code === 'link_gone') return gone(c)
      const refusal = passwordRefusal(error, pageOf(c).t)
      c.status(statusOf(error))
      const page = { settings: pageOf(c), purpose, action: path, invitation, refusal }
      return c.html(<ChoosePage {...page} />)
    }
  }

  type Looked = { invitation: Invitation; refused?: undefined } | { invitation?: undefined; refused: Response }

  /** Whose link it is; or the page that says why it cannot be used here. */
  async function look(c: Context<HttpEnv>, token: string | null): Promise<Looked> {
    const invitation = token === null ? null : await services.invitation({ token, purpose })
    if (!invitation) return { refused: await gone(c) }
    const person = await personOf(c)
    if (!person || person.id === invitation.id) return { invitation }
    const page = { settings: pageOf(c), invitation, signedInAs: person.name }
    return { refused: await c.html(<OtherPersonPage {...page} />, 409) }
  }

  function gone(c: Context<HttpEnv>) {
    clearFormCookie(c, name)
    return c.html(<LinkGonePage settings={pageOf(c)} purpose={purpose} />, 410)
  }
}
