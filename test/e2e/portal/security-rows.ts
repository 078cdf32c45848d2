import { authenticatorOf } from '../../support/authenticator.ts'
import { password, type Someone, type Stage, type Visit } from '../../support/portal-stage.ts'
import type { Row } from './row.ts'

const title = 'Sign-in and security'

/** Somebody with an app who is signed in with several browsers. */
const withApp = (stage: Stage) =>
  stage.once('with an app', async () => {
    const someone = await stage.someone()
    await stage.withApp(someone)
    return someone
  })

const plainPerson = (stage: Stage) => stage.once('without factors', () => stage.someone())

const open = async (visit: Visit, someone: Someone, path = '') => {
  await visit.as(someone)
  await visit.go(`/portal/security${path}`)
}

export const securityRows: readonly Row[] = [
  { name: 'security', heading: title, reach: async (visit, stage) => open(visit, await plainPerson(stage)) },
  {
    name: 'security-with-app',
    heading: title,
    async reach(visit, stage) {
      await open(visit, await withApp(stage))
      await visit.page.click('.things summary')
    },
  },
  {
    name: 'security-renamed',
    heading: title,
    async reach(visit, stage) {
      await open(visit, await withApp(stage))
      await visit.page.click('.things summary')
      await visit.send({ name: 'My private telephone, the old one with the blue case' })
    },
  },
  {
    name: 'security-sessions',
    heading: title,
    async reach(visit, stage) {
      const someone = await stage.someone()
      await visit.go('/portal/login')
      await visit.send({ email: someone.email, password })
      await visit.go('/portal/security')
    },
  },
  {
    name: 'app-add',
    heading: 'Add an authenticator app',
    reach: async (visit, stage) => open(visit, await plainPerson(stage), '/app'),
  },
  {
    name: 'app-add-wrong',
    heading: 'Add an authenticator app',
    async reach(visit, stage) {
      await open(visit, await plainPerson(stage), '/app')
      await visit.send({ code: '000000' })
    },
  },
  {
    name: 'recovery-codes',
    heading: 'Your recovery codes',
    async reach(visit, stage) {
      await open(visit, await stage.someone(), '/app')
      const key = await visit.page.$eval('code.key', (shown) => shown.textContent ?? '')
      await visit.send({ code: authenticatorOf(key).code() })
    },
  },
  {
    name: 'passkey-add',
    heading: 'Add a passkey',
    reach: async (visit, stage) => open(visit, await plainPerson(stage), '/passkey'),
  },
  {
    name: 'confirm',
    heading: 'Confirm that it is you',
    async reach(visit, stage) {
      await visit.as(await withApp(stage))
      await visit.go('/portal/confirm?to=security')
    },
  },
  {
    name: 'confirm-password-wrong',
    heading: 'Confirm that it is you',
    async reach(visit, stage) {
      await visit.as(await plainPerson(stage))
      await visit.go('/portal/confirm?to=security')
      await visit.send({ code: 'wrong' })
    },
  },
]
