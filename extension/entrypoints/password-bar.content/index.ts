import { defineContentScript } from 'wxt/utils/define-content-script'
import { forcedChangeOn } from '../../redirect/forced-change.ts'
import { mayForceChange } from '../../redirect/page.ts'
import { loginHosts, matchPattern } from '../../redirect/sources.ts'
import { ask } from '../../state/ask.ts'
import { showBar } from './bar.ts'

/** ms after which a sign-in page is no longer watched. */
const watchMs = 30_000

/** A bar over the forced "Update your password" step of a sign-in, saying where it is done. Reads no field. */
export default defineContentScript({
  matches: Object.values(loginHosts).flat().map(matchPattern),
  runAt: 'document_start',
  main() {
    const look = async (): Promise<void> => {
      const answer = await ask({ type: 'page' })
      if (!answer || !mayForceChange(location.href, answer.scope)) return
      showBar(answer.bar, answer.targets.forced)
    }
    const observer = new MutationObserver(() => check())
    const check = (): void => {
      if (forcedChangeOn(document) === null) return
      observer.disconnect()
      void look()
    }
    observer.observe(document, { childList: true, subtree: true })
    setTimeout(() => observer.disconnect(), watchMs)
    check()
  },
})
