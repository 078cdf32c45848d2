import browser from 'webextension-polyfill'
import type { OwnAnswer, OwnRequest } from './messages.ts'

/** Asks the worker from one of our own pages. */
export async function askWorker(request: OwnRequest): Promise<OwnAnswer> {
  const answer: OwnAnswer | undefined = await browser.runtime.sendMessage(request)
  return answer ?? { ok: false, message: 'The extension was updated. Close this page and open it again.' }
}
