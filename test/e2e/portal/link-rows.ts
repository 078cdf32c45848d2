import type { Stage } from '../../support/portal-stage.ts'
import type { Row } from './row.ts'

/** A link to choose another password, as it came by mail; opening it uses nothing up. */
const resetLink = (stage: Stage) =>
  stage.once('reset link', async () => {
    const someone = await stage.someone()
    await someone.browser.post('/portal/forgot', { email: someone.email })
    return await stage.mailedLink(someone)
  })

const activationLink = (stage: Stage) =>
  stage.once('activation link', async () => {
    const body = { email: 'carla.weissenboeck@contoso.example', displayName: 'Carla Weißenböck', state: 'staged' }
    const { call } = stage.here.client
    const user = await call('POST /users', { body: { ...body, state: 'staged' } })
    await call('POST /users/{id}/activate', { params: { id: user.id }, body: { sendMail: true } })
    return await stage.mailedLink(user)
  })

const gone = 'This link does not work any more'

export const linkRows: readonly Row[] = [
  {
    name: 'reset',
    heading: 'Choose a new password',
    reach: async (visit, stage) => visit.go(await resetLink(stage)),
  },
  {
    name: 'reset-weak',
    heading: 'Choose a new password',
    async reach(visit, stage) {
      await visit.go(await resetLink(stage))
      await visit.send({ newPassword: 'obermayr' })
    },
  },
  {
    name: 'reset-of-another',
    heading: 'This link is for somebody else',
    async reach(visit, stage) {
      await visit.as(await stage.someone())
      await visit.go(await resetLink(stage))
    },
  },
  {
    name: 'reset-done',
    heading: 'Your password is changed',
    async reach(visit, stage) {
      const someone = await stage.someone()
      await someone.browser.post('/portal/forgot', { email: someone.email })
      await visit.go(await stage.mailedLink(someone))
      await visit.send({ newPassword: 'Green-Window-Chair-8' })
    },
  },
  { name: 'reset-gone', heading: gone, reach: (visit) => visit.go('/portal/reset/of-last-year') },
  {
    name: 'activation',
    heading: 'Choose your password',
    reach: async (visit, stage) => visit.go(await activationLink(stage)),
  },
  { name: 'activation-gone', heading: gone, reach: (visit) => visit.go('/portal/activate/of-last-year') },
]
