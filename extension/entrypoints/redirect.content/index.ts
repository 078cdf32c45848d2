import { defineContentScript } from 'wxt/utils/define-content-script'
import { reasonToLeave } from '../../redirect/page.ts'
import { matchPattern, passwordHosts } from '../../redirect/sources.ts'
import { ask } from '../../state/ask.ts'
import type { PageAnswer } from '../../state/messages.ts'

type NavigateEvent = Event & { cancelable: boolean; destination: { url: string } }

/**
 * Sends people on where network rules cannot see: routes inside a page, fragments, answers of a service worker, the
 * first page of a cold start, and the answer to a form.
 */
export default defineContentScript({
  matches: passwordHosts.map(matchPattern),
  runAt: 'document_start',
  allFrames: true,
  main() {
    let answer: PageAnswer = null
    const leave = (url: string, inPage: boolean, stop?: () => void): void => {
      const reason = answer && reasonToLeave(url, answer.scope)
      if (!answer || !reason) return
      stop?.()
      document.documentElement.style.display = 'none'
      location.replace(answer.targets[inPage ? 'route' : reason])
    }
    const learn = async (): Promise<void> => {
      answer = await ask({ type: 'page' })
      leave(location.href, false)
    }
    const navigation = (globalThis as { navigation?: EventTarget }).navigation
    navigation?.addEventListener('navigate', (event) => {
      const { destination, cancelable } = event as NavigateEvent
      leave(destination.url, true, () => cancelable && event.preventDefault())
    })
    // Without the Navigation API, and for a page shown again from memory.
    for (const name of ['hashchange', 'popstate']) addEventListener(name, () => leave(location.href, true))
    addEventListener('pageshow', () => leave(location.href, false))
    void learn()
  },
})
