import browser from 'webextension-polyfill'

type Restrictable = { setAccessLevel?: (level: { accessLevel: 'TRUSTED_CONTEXTS' }) => Promise<void> }

/** Content scripts live beside pages that are not ours: they neither read nor write what we keep. */
export async function restrictStorage(): Promise<void> {
  const areas = [browser.storage.local, browser.storage.session] as (browser.Storage.StorageArea & Restrictable)[]
  for (const area of areas) {
    // Firefox has no such level for every area.
    await area.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' }).catch(() => undefined)
  }
}
