import '../../views/pages.css'
import { render } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import browser from 'webextension-polyfill'
import type { Settings } from '../../redirect/settings.ts'
import { watchActivePage } from '../../state/active-page.ts'
import { askWorker } from '../../state/ask-worker.ts'
import type { AdminPage } from '../../state/entra-page.ts'
import { gatewayClient, tokens } from '../../state/session.ts'
import { readSettings, watchSettings } from '../../state/settings.ts'
import { Panel } from '../../views/panel.tsx'

const signIn = () => askWorker({ type: 'sign_in' })
const signOut = () => askWorker({ type: 'sign_out' })
const now = () => Date.now()

function SidePanel(initial: { settings: Settings; isSignedIn: boolean }) {
  const [settings, setSettings] = useState(initial.settings)
  const [isSignedIn, setIsSignedIn] = useState(initial.isSignedIn)
  const [page, setPage] = useState<AdminPage>({ kind: 'elsewhere' })
  useEffect(() => {
    watchSettings(() => void readSettings().then((resolved) => setSettings(resolved.settings)))
    void watchActivePage(setPage)
    return tokens.watch((held) => setIsSignedIn(held !== null))
  }, [])
  const { gatewayUrl, organisation } = settings
  const client = useMemo(() => (gatewayUrl === null ? null : gatewayClient(gatewayUrl)), [gatewayUrl])
  return (
    <Panel
      client={client}
      isSignedIn={isSignedIn}
      organisation={organisation}
      page={page}
      now={now}
      onSignIn={signIn}
      onSignOut={signOut}
      onOptions={() => void browser.runtime.openOptionsPage()}
    />
  )
}

const [{ settings }, held] = await Promise.all([readSettings(), tokens.get()])
render(<SidePanel settings={settings} isSignedIn={held !== null} />, document.querySelector('#app') ?? document.body)
