import browser from 'webextension-polyfill'
import { type Resolved, resolveSettings } from '../redirect/settings.ts'
import { isRecord } from './is-record.ts'
import { item } from './items.ts'

/** What the person entered on the options page; policy goes before it. */
export const ownSettings = item('local', 'settings', {}, isRecord)

const lastGoodGatewayUrl = item<string | null>(
  'local',
  'lastGoodGatewayUrl',
  null,
  (value): value is string | null => value === null || typeof value === 'string',
)

/** Firefox rejects where there is no policy; Chromium answers with nothing. */
async function managedSettings(): Promise<Record<string, unknown>> {
  return browser.storage.managed.get(null).catch(() => ({}))
}

export async function readSettings(): Promise<Resolved> {
  const [managed, own, lastGood] = await Promise.all([managedSettings(), ownSettings.get(), lastGoodGatewayUrl.get()])
  const resolved = resolveSettings(managed, own, lastGood)
  const { gatewayUrl } = resolved.settings
  if (gatewayUrl !== null && gatewayUrl !== lastGood) await lastGoodGatewayUrl.set(gatewayUrl)
  return resolved
}

/** Policy may arrive seconds after the first start, and change at any time. */
export function watchSettings(listener: () => void): void {
  browser.storage.onChanged.addListener((changes, area) => {
    if (area === 'managed' || (area === 'local' && 'settings' in changes)) listener()
  })
}
