import browser from 'webextension-polyfill'

type Panels = {
  sidePanel?: { open(options: { windowId: number }): Promise<void> }
  sidebarAction?: { open(): Promise<void> }
}

/** Opens the side panel of a window; only right after a click. */
export async function openPanel(window: browser.Windows.Window): Promise<void> {
  const { sidePanel, sidebarAction } = browser as unknown as Panels
  if (sidePanel && window.id !== undefined) await sidePanel.open({ windowId: window.id })
  else await sidebarAction?.open()
}
