import type { ProblemDocument } from '@lockstep/shared/contract/problems'
import { message } from '@lockstep/shared/messages/message'
import type { PortalSettings } from '../ports.ts'
import { Layout } from './layout.tsx'

/** Any problem as a page: what happened, and the way on. */
export function ProblemPage({ settings, problem }: { settings: PortalSettings; problem: ProblemDocument }) {
  return (
    <Layout settings={settings} title={problem.title}>
      <h1>{problem.title}</h1>
      <p class="lead">{problem.detail}</p>
      <a class="button primary" href="/portal">
        {message('en', 'portal.problem.home')}
      </a>
    </Layout>
  )
}
