import '../../views/pages.css'
import { render } from 'preact'
import { reasonFrom, targetOf } from '../../redirect/target.ts'
import { isReachable } from '../../state/gateway-health.ts'
import { readSettings } from '../../state/settings.ts'
import { Unreachable } from '../../views/unreachable.tsx'

/** ms between two questions whether the portal is back */
const retryPauseMs = 3_000

const root = document.querySelector('#app') ?? document.body
let timer: ReturnType<typeof setTimeout> | undefined
let isTrying = false

/** Goes on to the portal as soon as it answers. The page reads nothing of its own address but the reason. */
async function retry(): Promise<void> {
  if (isTrying) return
  clearTimeout(timer)
  isTrying = true
  const { settings } = await readSettings()
  const show = () =>
    render(
      <Unreachable
        organisation={settings.organisation}
        supportContact={settings.supportContact}
        isTrying={isTrying}
        onRetry={() => void retry()}
      />,
      root,
    )
  show()
  const { gatewayUrl } = settings
  if (gatewayUrl !== null && (await isReachable(gatewayUrl, (url, init) => fetch(url, init)))) {
    location.replace(targetOf(gatewayUrl, reasonFrom(location.search)))
    return
  }
  isTrying = false
  show()
  timer = setTimeout(() => void retry(), retryPauseMs)
}

void retry()
