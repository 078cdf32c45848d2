import { system } from '@lockstep/gateway/domain/actor'
import { Secret } from '@lockstep/gateway/domain/secret'
import { replaceHash } from '@lockstep/gateway/store/credentials'
import { password, type Stage, type Visit } from '../../support/portal-stage.ts'
import { changedWherePaused, inSync, refusedThere } from './home-rows.ts'
import type { Row } from './row.ts'

const newPassword = 'Green-Window-Chair-8'

const open = async (visit: Visit, stage: Stage) => {
  await visit.as(await inSync(stage))
  await visit.go('/portal/password?reason=change')
}

const change = (name: string, fields: Record<'currentPassword' | 'newPassword', string>): Row => ({
  name: `password-${name}`,
  heading: 'Change your password',
  async reach(visit, stage) {
    await open(visit, stage)
    await visit.send(fields)
  },
})

export const passwordRows: readonly Row[] = [
  { name: 'password', heading: 'Change your password', reach: open },
  {
    name: 'password-typed',
    heading: 'Change your password',
    async reach(visit, stage) {
      await open(visit, stage)
      await visit.page.type('input[name=newPassword]', 'Green-Window')
    },
  },
  {
    name: 'password-expired',
    heading: 'Change your password',
    async reach(visit, stage) {
      const { email } = await stage.once('an old password', async () => {
        const someone = await stage.bound()
        await stage.aged(someone, 95, 'told')
        return someone
      })
      await visit.go('/portal/login')
      await visit.send({ email, password })
    },
  },
  {
    name: 'password-weak-by-now',
    heading: 'Change your password',
    async reach(visit, stage) {
      const { id, email } = await stage.someone()
      const { hasher, vault, store } = stage.here.context
      const wrapped = vault.wrapHash(await hasher.hash(new Secret('Password1234')), { userId: id, version: 1 })
      await store.change(system, async (change) => {
        change.quiet('as it came from another directory')
        await replaceHash(change.trx, id, 1, wrapped)
      })
      await visit.go('/portal/login')
      await visit.send({ email, password: 'Password1234' })
    },
  },
  change('wrong', { currentPassword: 'wrong', newPassword }),
  change('weak', { currentPassword: password, newPassword: 'obermayr' }),
  change('refused-there', { currentPassword: password, newPassword: refusedThere }),
  {
    name: 'password-done',
    heading: 'Your password is changed',
    async reach(visit, stage) {
      await visit.as(await stage.bound())
      await visit.go('/portal/password')
      await visit.send({ currentPassword: password, newPassword })
    },
  },
  {
    name: 'password-done-waiting',
    heading: 'Your password is changed',
    async reach(visit, stage) {
      await visit.as(await changedWherePaused(stage, newPassword))
      await visit.go('/portal/password/done')
    },
  },
  {
    name: 'password-done-refused',
    heading: 'Microsoft 365 refused your password',
    async reach(visit, stage) {
      const someone = await changedWherePaused(stage, refusedThere)
      await stage.resumeSecond()
      await stage.standing(someone, 'failed')
      await visit.as(someone)
      await visit.go('/portal/password/done')
    },
  },
]
