import type { ProblemDocument } from '@lockstep/shared/contract/problems'
import { message } from '@lockstep/shared/messages/message'
import type { PortalSettings } from '../ports.ts'
import { Layout } from './layout.tsx'

/** Any problem as a page: what happened, and the way on. */
function ProblemPage({ settings, title, detail }: { settings: PortalSettings; title: string; detail: string }) {
  return (
    <Layout settings={settings} title={title}>
      <h1>{title}</h1>
      <p class="lead">{detail}</p>
      <a class="button primary" href="/portal">
        {message('en', 'portal.problem.home')}
      </a>
    </Layout>
  )
}

/** Draws problems as pages. */
export function problemPage(settings: PortalSettings) {
  const draw = (title: string, detail: string) =>
    String(<ProblemPage settings={settings} title={title} detail={detail} />)
  return {
    render: (problem: ProblemDocument) => draw(problem.title, problem.detail),
    ofOauth: ({ detail }: { code: string; detail: string }) => draw(message('en', 'portal.oauth.stopped'), detail),
  }
}
