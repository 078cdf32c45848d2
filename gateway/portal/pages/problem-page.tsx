import type { ProblemDocument } from '@lockstep/shared/contract/problems'
import type { Locale } from '@lockstep/shared/messages/locale'
import { type PageSettings, type PortalSettings, pageSettings } from '../ports.ts'
import { Layout } from './layout.tsx'

/** Any problem as a page: what happened, and the way on. */
function ProblemPage({ settings, title, detail }: { settings: PageSettings; title: string; detail: string }) {
  return (
    <Layout settings={settings} title={title}>
      <h1>{title}</h1>
      <p class="lead">{detail}</p>
      <a class="button primary" href="/portal">
        {settings.t('portal.problem.home')}
      </a>
    </Layout>
  )
}

/** What people meet on their way, in their language; the rest only answers requests that no page of ours makes. */
const said = ['not_found', 'forbidden', 'cross_site_request', 'internal_error', 'sealed'] as const

/** Draws problems as pages. */
export function problemPage(settings: PortalSettings) {
  const draw = (page: PageSettings, title: string, detail: string) =>
    String(<ProblemPage settings={page} title={title} detail={detail} />)
  return {
    render(problem: ProblemDocument, language: Locale | undefined) {
      const page = pageSettings(settings, language)
      const code = said.find((one) => one === problem.code)
      if (code === undefined) return draw(page, problem.title, problem.detail)
      return draw(page, page.t(`portal.problem.${code}`), page.t(`portal.problem.${code}.detail`))
    },
    ofOauth(code: string, language: Locale | undefined) {
      const page = pageSettings(settings, language)
      return draw(page, page.t('portal.oauth.stopped'), page.t('portal.oauth.stopped.detail', { code }))
    },
  }
}
