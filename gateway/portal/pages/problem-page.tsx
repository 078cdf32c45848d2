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

/** Draws problems as pages. */
export function problemPage(settings: PortalSettings) {
  const draw = (page: PageSettings, title: string, detail: string) =>
    String(<ProblemPage settings={page} title={title} detail={detail} />)
  return {
    render: (problem: ProblemDocument, language: Locale | undefined) =>
      draw(pageSettings(settings, language), problem.title, problem.detail),
    ofOauth(code: string, language: Locale | undefined) {
      const page = pageSettings(settings, language)
      return draw(page, page.t('portal.oauth.stopped'), page.t('portal.oauth.stopped.detail', { code }))
    },
  }
}
