import browser from 'webextension-polyfill'
import { type AdminPage, adminPageOf } from './entra-page.ts'

/**
 * Follows what the active tab of this window shows, by its address alone. Addresses of other hosts than those in the
 * manifest are not even told to us.
 */
export async function watchActivePage(listener: (page: AdminPage) => void): Promise<void> {
  const { id: windowId } = await browser.windows.getCurrent()
  const look = async () => {
    const [tab] = await browser.tabs.query({ active: true, ...(windowId !== undefined && { windowId }) })
    listener(adminPageOf(tab?.url))
  }
  browser.tabs.onActivated.addListener((info) => void (info.windowId === windowId && look()))
  browser.tabs.onUpdated.addListener((_, change, tab) => {
    // Away from the named hosts there is no address in the change, only its end.
    const isOver = change.url !== undefined || change.status === 'complete'
    if (tab.active && tab.windowId === windowId && isOver) void look()
  })
  await look()
}
