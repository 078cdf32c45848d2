import { password, type Someone, type Stage } from '../../support/portal-stage.ts'
import type { Row } from './row.ts'

/** Microsoft's list of banned words, which nobody is told, holds what ours does not. */
export const refusedThere = 'Trombone-trombone1'

type HomeRow = { name: string; heading: string; of(stage: Stage): Promise<Someone> }

const home = ({ name, heading, of }: HomeRow): Row => ({
  name,
  heading,
  async reach(visit, stage) {
    await visit.as(await stage.once(name, () => of(stage)))
    await visit.go('/portal')
  },
})

type AgedRow = Omit<HomeRow, 'of'> & { days: number; outcome?: 'told' | 'blocked' }

/** Somebody whose password is so old. */
const aged = ({ days, outcome, ...row }: AgedRow): Row =>
  home({
    ...row,
    async of(stage) {
      const someone = await stage.bound()
      await stage.aged(someone, days, outcome)
      return someone
    },
  })

export const inSync = (stage: Stage) => stage.once('in sync', () => stage.bound())

/** Somebody whose new password has to wait for its connection. */
export async function changedWherePaused(stage: Stage, newPassword: string): Promise<Someone> {
  const someone = await stage.boundWherePaused()
  await someone.browser.post('/portal/password', { currentPassword: password, newPassword })
  await stage.standing(someone, 'waiting', null)
  return someone
}

export const homeRows: readonly Row[] = [
  home({
    name: 'home-unbound',
    heading: 'You have a password here',
    of: (stage) => stage.someone(),
  }),
  home({ name: 'home-in-sync', heading: 'Same password everywhere since', of: inSync }),
  home({
    name: 'home-news',
    heading: 'Same password everywhere since',
    async of(stage) {
      const someone = await stage.someone()
      await stage.bind(stage.connections.main, someone)
      await stage.standing(someone, 'in_sync')
      return someone
    },
  }),
  home({
    name: 'home-refused',
    heading: 'Microsoft 365 refused your password',
    async of(stage) {
      const someone = await changedWherePaused(stage, refusedThere)
      await stage.resumeSecond()
      await stage.standing(someone, 'failed', 'change_password')
      return someone
    },
  }),
  home({
    name: 'home-awaiting',
    heading: 'Microsoft 365 does not have your password yet',
    async of(stage) {
      const someone = await stage.bound()
      const params = { id: stage.connections.main, userId: someone.id }
      await stage.here.client.call('DELETE /connections/{id}/bindings/{userId}', { params, query: { account: 'keep' } })
      await stage.standing(someone, 'unbound')
      await stage.bind(stage.connections.main, someone)
      await stage.standing(someone, 'waiting', 'sign_in')
      return someone
    },
  }),
  home({
    name: 'home-trouble',
    heading: 'Your Microsoft 365 account needs your help desk',
    async of(stage) {
      const someone = await stage.bound()
      await stage.atMicrosoft('/acts', { act: 'delete', user: someone.email })
      await stage.cycle()
      await stage.standing(someone, 'failed', 'try_again')
      return someone
    },
  }),
  home({
    name: 'home-two-passwords',
    heading: 'You have two passwords at the moment',
    async of(stage) {
      const someone = await stage.bound()
      await stage.atMicrosoft('/clock', { advanceMs: 600_000 })
      await stage.atMicrosoft('/acts', { act: 'set_password', user: someone.email, password: 'Green-Window-Chair-8' })
      for (let times = 0; times < 2; times += 1) await stage.cycle()
      await stage.standing(someone, 'waiting', 'sign_in')
      return someone
    },
  }),
  aged({ name: 'home-expiring', heading: 'Same password everywhere since', days: 83 }),
  aged({ name: 'home-expired', heading: 'Your password has expired', days: 93, outcome: 'told' }),
  aged({ name: 'home-blocked', heading: 'Microsoft 365 is closed to you', days: 120, outcome: 'blocked' }),
  home({
    name: 'home-on-its-way',
    heading: 'Your password is on its way to Microsoft 365',
    of: (stage) => changedWherePaused(stage, 'Green-Window-Chair-8'),
  }),
]
