import { askDevice, letIn } from '../../support/oauth.ts'
import type { Stage, Visit } from '../../support/portal-stage.ts'
import type { Row } from './row.ts'

const agent = { 'user-agent': 'Lockstep CLI/0.1.0 (Linux; desk)' }

/** Somebody in front of the page that asks for a code, which a command line shows. */
async function asked(visit: Visit, stage: Stage, typed?: string): Promise<void> {
  await visit.as(await stage.someone())
  await visit.go('/oauth/device')
  await visit.send({ code: typed ?? (await askDevice(stage.here.gateway.url, agent)).userCode })
}

export const deviceRows: readonly Row[] = [
  {
    name: 'device',
    heading: 'Sign in the command line',
    async reach(visit, stage) {
      await visit.as(await stage.someone())
      await visit.go('/oauth/device')
    },
  },
  {
    name: 'device-wrong',
    heading: 'Sign in the command line',
    reach: (visit, stage) => asked(visit, stage, 'BBBB-BBBB'),
  },
  {
    name: 'device-ask',
    heading: 'Let the command line in?',
    reach: (visit, stage) => asked(visit, stage),
  },
  {
    name: 'device-in',
    heading: 'The command line is signed in',
    async reach(visit, stage) {
      await asked(visit, stage)
      await visit.press('[value=yes]')
    },
  },
  {
    name: 'device-refused',
    heading: 'The command line was not let in',
    async reach(visit, stage) {
      await asked(visit, stage)
      await visit.press('[value=no]')
    },
  },
  {
    name: 'security-programs',
    heading: 'Sign-in and security',
    async reach(visit, stage) {
      const someone = await stage.someone()
      await letIn(someone.browser, stage.here.gateway.url)
      await visit.as(someone)
      await visit.go('/portal/security')
    },
  },
]
