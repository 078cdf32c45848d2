import type { Translate } from '@lockstep/shared/messages/message'
import type { Context, Hono } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import { languageOf } from '../http/language.ts'
import { endSession, readSession } from '../http/session.ts'
import { confirmation } from './confirmation.tsx'
import { type Destination, destinations, isDestination, onwardPath, type Reason, readReason } from './destinations.ts'
import { admit, visitOf } from './entry.ts'
import { forgot } from './forgot.tsx'
import { readForm } from './form.ts'
import { links } from './links.tsx'
import { HomePage } from './pages/home-page.tsx'
import { PasswordDonePage, PasswordPage } from './pages/password-page.tsx'
import { SignInPage } from './pages/sign-in-page.tsx'
import { passkeySignIn } from './passkey-sign-in.tsx'
import { type PortalOptions, pageSettings } from './ports.ts'
import { checkNew, passwordRefusal, signInRefusal, statusOf } from './refusal.ts'
import { secondStep } from './second-step.tsx'
import { security } from './security.tsx'

/** The pages for everyone. Each works without scripts. */
export function portal(app: Hono<HttpEnv>, options: PortalOptions): void {
  const { settings, services, personOf } = options
  const pageOf = (c: Context<HttpEnv>) => pageSettings(settings, languageOf(c))
  const leadOf = (t: Translate, reason: Reason) => t(`portal.reason.${reason}`, { organisation: settings.organisation })

  function signInPage(
    c: Context<HttpEnv>,
    given: { to: Destination; reason?: Reason; email?: string; refusal?: string; lead?: string },
  ) {
    const page = pageOf(c)
    const lead = given.to !== 'password' || given.reason === undefined ? undefined : signInLead(page.t, given.reason)
    return c.html(<SignInPage settings={page} action="/portal/login" lead={lead} {...given} />)
  }
  const signInLead = (t: Translate, reason: Reason) => `${leadOf(t, reason)} ${t('portal.reason.signInFirst')}`

  const mustConfirm = async (c: Context<HttpEnv>, { id }: { id: string }) =>
    services.mustConfirm(id, await options.confirmedAt(c))
  const confirmPath = (reason: Reason) => `/portal/confirm?to=password&reason=${reason}`

  app.get('/portal/login', async (c) => {
    const to = c.req.query('to') ?? 'home'
    const destination = isDestination(to) ? to : 'home'
    const person = await personOf(c)
    // Who confirms the password signs in again: that brings it to where it is missing.
    if (person && c.req.query('reason') === 'same') {
      const { user } = await services.status(person.id)
      return signInPage(c, { to: 'home', email: user.email, lead: pageOf(c).t('portal.reason.same') })
    }
    if (person) return c.redirect(destinations[destination], 303)
    return signInPage(c, { to: destination })
  })

  app.post('/portal/login', async (c) => {
    const form = await readForm(c, 'email', 'password', 'to', 'reason')
    const to = isDestination(form.to) ? form.to : 'home'
    const reason = to === 'password' ? readReason(form.reason) : undefined
    try {
      const { email, password } = form
      const onward = onwardPath({ ...form, interaction: '' })
      const visit = visitOf(c, options)
      return admit(c, await services.signIn({ email: email.trim(), password, visit, onward }), onward)
    } catch (error) {
      const refusal = signInRefusal(error, pageOf(c).t)
      c.status(statusOf(error))
      return signInPage(c, { to, email: form.email, refusal, ...(reason && { reason }) })
    }
  })

  app.post('/portal/logout', async (c) => {
    const session = readSession(c)
    if (session !== null) await services.signOut(session)
    endSession(c)
    return c.redirect('/portal/login', 303)
  })

  app.get('/portal', async (c) => {
    const person = await personOf(c)
    if (!person) return signInPage(c, { to: 'home' })
    const justUpdated = c.req.query('notice') === 'updated'
    return c.html(<HomePage settings={pageOf(c)} status={await services.status(person.id)} justUpdated={justUpdated} />)
  })

  app.post('/portal/seen', async (c) => {
    const person = await personOf(c)
    if (person) await services.newsSeen(person)
    return c.redirect('/portal', 303)
  })

  app.get('/portal/password', async (c) => {
    const reason = readReason(c.req.query('reason'))
    const person = await personOf(c)
    if (!person) return signInPage(c, { to: 'password', reason })
    if (await mustConfirm(c, person)) return c.redirect(confirmPath(reason), 303)
    const { user } = await services.status(person.id)
    const ground = await services.ground(person.id)
    const lead = leadOf(pageOf(c).t, reason)
    return c.html(<PasswordPage settings={pageOf(c)} {...user} ground={ground} lead={lead} reason={reason} />)
  })

  app.post('/portal/password', async (c) => {
    const form = await readForm(c, 'currentPassword', 'newPassword', 'reason')
    const reason = readReason(form.reason)
    const person = await personOf(c)
    if (!person) return signInPage(c, { to: 'password', reason, refusal: pageOf(c).t('portal.signIn.ended') })
    if (await mustConfirm(c, person)) return c.redirect(confirmPath(reason), 303)
    try {
      const newPassword = checkNew(form.newPassword)
      const { currentPassword } = form
      const session = readSession(c)
      await services.changePassword(person, { currentPassword, newPassword, session, address: options.addressOf(c) })
      return c.redirect('/portal/password/done', 303)
    } catch (error) {
      const refusal = passwordRefusal(error, pageOf(c).t)
      const { user } = await services.status(person.id)
      const ground = await services.ground(person.id)
      c.status(statusOf(error))
      return c.html(
        <PasswordPage
          settings={pageOf(c)}
          {...user}
          ground={ground}
          lead={leadOf(pageOf(c).t, reason)}
          reason={reason}
          refusal={refusal}
        />,
      )
    }
  })

  app.get('/portal/password/done', async (c) => {
    const person = await personOf(c)
    if (!person) return signInPage(c, { to: 'home' })
    return c.html(<PasswordDonePage settings={pageOf(c)} status={await services.status(person.id)} />)
  })

  forgot(app, options)
  links(app, options)
  secondStep(app, options)
  passkeySignIn(app, options)
  security(app, options)
  confirmation(app, options)
}
