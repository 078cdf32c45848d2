import '../../views/pages.css'
import { render } from 'preact'
import browser from 'webextension-polyfill'
import { testGateway } from '../../state/gateway-health.ts'
import { ownSettings, readSettings, watchSettings } from '../../state/settings.ts'
import { Options } from '../../views/options.tsx'

const root = document.querySelector('#app') ?? document.body
const { version } = browser.runtime.getManifest()

async function show(): Promise<void> {
  const resolved = await readSettings()
  render(
    <Options
      resolved={resolved}
      version={version}
      onSave={(own) => ownSettings.set(own)}
      onTest={(gatewayUrl) => testGateway(gatewayUrl, (url, init) => fetch(url, init))}
    />,
    root,
  )
}

watchSettings(() => void show())
void show()
