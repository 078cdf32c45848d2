import browser from 'webextension-polyfill'
import { type Rule, rulesFor } from '../redirect/rules.ts'
import type { Settings } from '../redirect/settings.ts'

/** The page of ours that takes over while the portal cannot be reached. */
export const unreachablePage = '/unreachable.html'

/** Makes the browser's network rules those of the settings; touches nothing when they are so already. */
export async function applyRules(settings: Settings, reachable: boolean): Promise<void> {
  const wanted = rulesFor(settings).map((rule) => (reachable ? rule : toOwnPage(rule)))
  const present = await browser.declarativeNetRequest.getDynamicRules()
  if (sameRules(present, wanted)) return
  await browser.declarativeNetRequest.updateDynamicRules({
    removeRuleIds: present.map((rule) => rule.id),
    addRules: wanted,
  })
}

type OwnPageRule = Omit<Rule, 'action'> & { action: { type: 'redirect'; redirect: { extensionPath: string } } }

function toOwnPage(rule: Rule): Rule | OwnPageRule {
  if (rule.action.type !== 'redirect') return rule
  const { search } = new URL(rule.action.redirect.url)
  return { ...rule, action: { type: 'redirect', redirect: { extensionPath: `${unreachablePage}${search}#lockstep` } } }
}

const sameRules = (a: readonly unknown[], b: readonly unknown[]) => canonical(a) === canonical(b)

/** Browsers hand rules back with their keys in another order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  )
}
