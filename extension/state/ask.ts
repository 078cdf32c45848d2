import type { PageAnswer, PageRequest } from './messages.ts'

/** The one function of the plain API that a content script uses; both browsers answer with a promise here. */
declare const chrome: { runtime: { sendMessage(message: PageRequest): Promise<PageAnswer | undefined> } }

/** Asks the worker. Null when there is nothing to do, or when this extension was replaced by a newer one meanwhile. */
export async function ask(request: PageRequest): Promise<PageAnswer> {
  try {
    return (await chrome.runtime.sendMessage(request)) ?? null
  } catch {
    return null
  }
}
