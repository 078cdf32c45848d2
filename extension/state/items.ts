import browser from 'webextension-polyfill'

/** A value in the browser's storage; readers get the fallback until something was written. */
export type Item<T> = {
  get(): Promise<T>
  set(value: T): Promise<void>
  watch(listener: (value: T) => void): () => void
}

type Area = 'local' | 'session'

/** The area and key are the identity of an item; what is read was written by us, in this or an earlier version. */
export function item<T>(area: Area, key: string, fallback: T, isValid: (value: unknown) => value is T): Item<T> {
  const parse = (value: unknown): T => (isValid(value) ? value : fallback)
  return {
    async get() {
      const found = await browser.storage[area].get(key)
      return parse(found[key])
    },
    set: (value) => browser.storage[area].set({ [key]: value }),
    watch(listener) {
      const changed = (changes: Record<string, browser.Storage.StorageChange>, changedArea: string) => {
        if (changedArea === area && key in changes) listener(parse(changes[key]?.newValue))
      }
      browser.storage.onChanged.addListener(changed)
      return () => browser.storage.onChanged.removeListener(changed)
    },
  }
}
