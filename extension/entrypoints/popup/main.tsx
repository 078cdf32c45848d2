import '../../views/pages.css'
import { render } from 'preact'
import browser from 'webextension-polyfill'
import type { Settings } from '../../redirect/settings.ts'
import { askWorker } from '../../state/ask-worker.ts'
import { failureOf } from '../../state/failure.ts'
import { openPanel } from '../../state/open-panel.ts'
import { gatewayClient, tokens } from '../../state/session.ts'
import { readSettings } from '../../state/settings.ts'
import { knownStatus, refreshStatus, showBadge } from '../../state/status.ts'
import { Popup, type PopupAction, type PopupState } from '../../views/popup.tsx'

const root = document.querySelector('#app') ?? document.body
const currentWindow = browser.windows.getCurrent()
let settings: Settings | null = null
let state: PopupState = { kind: 'loading' }

function show(next: PopupState): void {
  state = next
  const organisation = settings?.organisation ?? null
  render(
    <Popup state={state} organisation={organisation} now={Date.now()} onAction={(action) => void act(action)} />,
    root,
  )
}

/** Paints what was last known, then asks. */
async function open(): Promise<void> {
  const [resolved, held, known] = await Promise.all([readSettings(), tokens.get(), knownStatus.get()])
  settings = resolved.settings
  if (settings.gatewayUrl === null) return show({ kind: 'not_set_up' })
  if (held === null) return show({ kind: 'signed_out', isBusy: false, error: null })
  show(known === null ? { kind: 'loading' } : { ...asShown(known), isReachable: true })
  await refresh(settings.gatewayUrl)
}

async function refresh(gatewayUrl: string): Promise<void> {
  try {
    const known = await refreshStatus(gatewayUrl)
    await showBadge(known)
    show({ ...asShown(known), isReachable: true })
  } catch (error) {
    const failure = failureOf(error)
    if (failure.kind === 'signed_out') return show({ kind: 'signed_out', isBusy: false, error: null })
    const known = await knownStatus.get()
    show(known === null ? { kind: 'unreachable' } : { ...asShown(known), isReachable: false })
  }
}

const asShown = ({ status, role }: NonNullable<Awaited<ReturnType<typeof knownStatus.get>>>) => ({
  kind: 'known' as const,
  status,
  mayUsePanel: role !== null,
})

async function act(action: PopupAction): Promise<void> {
  const gatewayUrl = settings?.gatewayUrl
  switch (action) {
    case 'options':
      return browser.runtime.openOptionsPage()
    case 'panel':
      return openPanel(await currentWindow)
    case 'sign_in':
      return signIn()
    case 'sign_out':
      await askWorker({ type: 'sign_out' })
      return show({ kind: 'signed_out', isBusy: false, error: null })
    case 'try_again':
      return open()
    case 'news_seen':
      return newsSeen()
    case 'portal_sign_in':
    case 'change_password': {
      const path = action === 'change_password' ? '/portal/password' : '/portal/login'
      await browser.tabs.create({ url: `${gatewayUrl}${path}` })
      return window.close()
    }
  }
}

/** Told once more at the next look if this cannot be said now. */
async function newsSeen(): Promise<void> {
  const gatewayUrl = settings?.gatewayUrl
  if (gatewayUrl == null) return
  await gatewayClient(gatewayUrl)
    .call('POST /me/news/seen', {})
    .catch(() => undefined)
  await refresh(gatewayUrl)
}

async function signIn(): Promise<void> {
  show({ kind: 'signed_out', isBusy: true, error: null })
  const answer = await askWorker({ type: 'sign_in' })
  if (answer.ok) return open()
  show({ kind: 'signed_out', isBusy: false, error: answer.message })
}

// What another page of ours or the worker learned in the meantime.
knownStatus.watch((known) => known !== null && state.kind === 'known' && show({ ...asShown(known), isReachable: true }))
void open()
