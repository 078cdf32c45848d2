import { admin, password, type Stage, type Visit } from '../../support/portal-stage.ts'
import type { Row } from './row.ts'

const enter = async (visit: Visit, email: string, given = password) => {
  await visit.go('/portal/login')
  await visit.send({ email, password: given })
}

/** Somebody with an app, who is asked for a code after the password. */
const guarded = (stage: Stage) =>
  stage.once('guarded', async () => {
    const someone = await stage.someone()
    return { ...someone, ...(await stage.withApp(someone)) }
  })

/** Somebody with a passkey, which takes a tab with scripts to add. */
const withPasskey = (stage: Stage) =>
  stage.once('with a passkey', async () => {
    const someone = await stage.someone()
    const visit = await stage.openPage({ scripts: true, language: 'en' })
    await visit.holdPasskeys()
    await visit.as(someone)
    await visit.go('/portal/security/passkey')
    await visit.press('form[data-passkey] button[type=submit]')
    await visit.page.close()
    return someone
  })

export const signInRows: readonly Row[] = [
  { name: 'sign-in', heading: 'Sign in', reach: (visit) => visit.go('/portal/login') },
  {
    name: 'sign-in-sent-here',
    heading: 'Sign in',
    reach: (visit) => visit.go('/portal/password?reason=forced'),
  },
  {
    name: 'sign-in-wrong',
    heading: 'Sign in',
    reach: (visit) => enter(visit, 'anneliese.obermayr@contoso.example', 'wrong'),
  },
  {
    name: 'sign-in-throttled',
    heading: 'Sign in',
    async reach(visit) {
      for (let times = 0; times < 7; times += 1) await enter(visit, 'nobody@contoso.example', 'wrong')
    },
  },
  {
    name: 'sign-in-ended',
    heading: 'Sign in',
    async reach(visit, stage) {
      const someone = await stage.someone()
      await visit.as(someone)
      await visit.go('/portal/password')
      await someone.browser.post('/portal/logout', {})
      await visit.send({ currentPassword: password, newPassword: password })
    },
  },
  {
    name: 'signed-out',
    heading: 'Sign in',
    async reach(visit, stage) {
      await visit.as(await stage.someone())
      await visit.go('/portal')
      await visit.press('form.sign-out button')
    },
  },
  {
    name: 'code',
    heading: 'One more step',
    reach: async (visit, stage) => enter(visit, (await guarded(stage)).email),
  },
  {
    name: 'code-wrong',
    heading: 'One more step',
    async reach(visit, stage) {
      await enter(visit, (await guarded(stage)).email)
      await visit.send({ code: '000000' })
    },
  },
  {
    name: 'code-passkey',
    heading: 'One more step',
    async reach(visit, stage) {
      const { email } = await withPasskey(stage)
      await visit.begin()
      await enter(visit, email)
    },
  },
  { name: 'code-too-late', heading: 'Sign in', reach: (visit) => visit.go('/portal/login/code') },
  {
    name: 'set-up',
    heading: 'Protect your account',
    reach: (visit) => enter(visit, admin.email, admin.password),
  },
  {
    name: 'set-up-wrong',
    heading: 'Protect your account',
    async reach(visit) {
      await enter(visit, admin.email, admin.password)
      await visit.send({ code: '000000' })
    },
  },
  {
    name: 'passkey-sign-in',
    heading: 'Sign in with a passkey',
    scriptsAlone: true,
    async reach(visit) {
      await visit.go('/portal/login')
      await visit.press('form[action="/portal/login/passkey"] button')
    },
  },
  { name: 'forgot', heading: 'Forgot your password?', reach: (visit) => visit.go('/portal/forgot') },
  {
    name: 'forgot-sent',
    heading: 'Look into your mailbox',
    async reach(visit) {
      await visit.go('/portal/forgot')
      await visit.send({ email: 'anneliese.obermayr@contoso.example' })
    },
  },
  {
    name: 'forgot-throttled',
    heading: 'Forgot your password?',
    async reach(visit, stage) {
      const { browser } = await stage.someone()
      const ask = () => browser.post('/portal/forgot', { email: 'nobody@contoso.example' })
      for (let times = 0; times < 100 && (await ask()).status === 202; times += 1);
      await visit.go('/portal/forgot')
      await visit.send({ email: 'nobody@contoso.example' })
    },
  },
]
