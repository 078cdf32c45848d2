import browser from 'webextension-polyfill'
import { reasonToLeave } from '../redirect/page.ts'
import type { Settings } from '../redirect/settings.ts'
import { matchPattern, passwordHosts, type Reason } from '../redirect/sources.ts'
import { targetOf } from '../redirect/target.ts'
import { applyRules, unreachablePage } from './apply-rules.ts'
import { isReachable } from './gateway-health.ts'
import { item } from './items.ts'
import { tokens } from './session.ts'
import { readSettings } from './settings.ts'
import { refreshStatus } from './status.ts'

/** Whether the portal answered when it was last asked. */
export const reachable = item<boolean>(
  'session',
  'reachable',
  true,
  (value): value is boolean => typeof value === 'boolean',
)

/** Reads the settings and makes the network rules theirs. */
export async function useSettings(): Promise<Settings> {
  const { settings } = await readSettings()
  await applyRules(settings, await reachable.get())
  return settings
}

/** Asks the portal whether it is there; the rules lead to our own page while it is not. */
export async function checkPortal(): Promise<boolean> {
  const { settings } = await readSettings()
  if (settings.gatewayUrl === null) return true
  const now = await isReachable(settings.gatewayUrl, (url, init) => fetch(url, init))
  if (now !== (await reachable.get())) {
    await reachable.set(now)
    await applyRules(settings, now)
  }
  return now
}

/** Portal and status again; a status that cannot be had leaves the last known one. */
export async function refreshAll(): Promise<void> {
  const there = await checkPortal()
  const { settings } = await readSettings()
  if (!there || settings.gatewayUrl === null || (await tokens.get()) === null) return
  await refreshStatus(settings.gatewayUrl).catch(() => undefined)
}

/** Where a reason leads now. */
export function destinationOf(gatewayUrl: string, reason: Reason, there: boolean): string {
  return there ? targetOf(gatewayUrl, reason) : `${browser.runtime.getURL(unreachablePage)}?reason=${reason}#lockstep`
}

/** Pages that were open, or were loaded before the rules acted, as on a cold start. */
export async function sweepOpenTabs(): Promise<void> {
  const { settings } = await readSettings()
  if (settings.gatewayUrl === null) return
  const there = await reachable.get()
  for (const tab of await browser.tabs.query({ url: passwordHosts.map(matchPattern) })) {
    const reason = tab.url === undefined ? null : reasonToLeave(tab.url, settings)
    if (reason === null || tab.id === undefined) continue
    // The tab may be gone by now.
    await browser.tabs.update(tab.id, { url: destinationOf(settings.gatewayUrl, reason, there) }).catch(() => undefined)
  }
}
