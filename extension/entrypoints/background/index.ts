import browser from 'webextension-polyfill'
import { defineBackground } from 'wxt/utils/define-background'
import { watchMessages } from '../../state/answer.ts'
import { restrictStorage } from '../../state/restrict-storage.ts'
import { tokens } from '../../state/session.ts'
import { watchSettings } from '../../state/settings.ts'
import { knownStatus, showBadge } from '../../state/status.ts'
import { refreshAll, sweepOpenTabs, useSettings } from '../../state/worker.ts'

const alarm = 'refresh'

/** Listeners are registered in the first turn, or an event that wakes the worker is lost. */
export default defineBackground(() => {
  watchMessages()
  watchSettings(() => void useSettings().then(sweepOpenTabs))
  knownStatus.watch((known) => void showBadge(known))
  tokens.watch((held) => void (held === null ? knownStatus.set(null) : refreshAll()))
  browser.alarms.onAlarm.addListener(({ name }) => void (name === alarm && refreshAll()))
  browser.runtime.onInstalled.addListener(() => undefined)
  browser.runtime.onUpdateAvailable.addListener(() => browser.runtime.reload())
  void start()
})

async function start(): Promise<void> {
  await restrictStorage()
  await useSettings()
  await sweepOpenTabs()
  await browser.alarms.create(alarm, { periodInMinutes: 5 })
  await refreshAll()
}
