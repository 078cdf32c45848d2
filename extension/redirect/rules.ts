import { domainHints, userHints } from './page.ts'
import type { Settings } from './settings.ts'
import { patternOf, queriedPatternOf, type Source, sources } from './sources.ts'
import { targetOf } from './target.ts'

/** The part of a declarativeNetRequest rule that we use. */
export type Rule = {
  id: number
  priority: number
  condition: {
    regexFilter: string
    isUrlFilterCaseSensitive: false
    resourceTypes: ('main_frame' | 'sub_frame')[]
    requestMethods: 'get'[]
  }
  action: { type: 'redirect'; redirect: { url: string } } | { type: 'allow' }
}

/** Browsers accept 1,000 regular expressions; beyond it the content script alone sends those who name one of ours. */
const regexRulesMax = 900

type Destination = (source: Source) => string

/**
 * Network rules for these settings. With domains there are three layers: send everybody; leave those alone who name a
 * domain; send those all the same who name one of ours. A POST is left to the content script: a redirect would carry
 * the form's body along.
 */
export function rulesFor(settings: Settings, destination?: Destination): Rule[] {
  const { gatewayUrl, domains } = settings
  if (gatewayUrl === null || !settings.redirect) return []
  const to = destination ?? ((source: Source) => targetOf(gatewayUrl, source.reason))
  const rules: Rule[] = []
  const add = (priority: number, regexFilter: string, action: Rule['action']) =>
    rules.push({
      id: rules.length + 1,
      priority,
      condition: {
        regexFilter,
        isUrlFilterCaseSensitive: false,
        resourceTypes: ['main_frame', 'sub_frame'],
        requestMethods: ['get'],
      },
      action,
    })
  const active = sources.filter((source) => source.fragment === undefined && settings.clouds.includes(source.cloud))
  const fits = active.length * (2 + domains.length) <= regexRulesMax
  for (const source of active) {
    const send: Rule['action'] = { type: 'redirect', redirect: { url: to(source) } }
    add(1, patternOf(source), send)
    if (domains.length === 0) continue
    const queried = queriedPatternOf(source)
    add(2, queried + namesADomain, { type: 'allow' })
    if (fits) for (const domain of domains) add(3, queried + names(domain), send)
  }
  return rules
}

const userName = `(?:${userHints.join('|')})=[^&#]*(?:@|%40)`
const domainName = `(?:${domainHints.join('|')})=(?:@|%40)?`
const namesADomain = `(?:.*&)?(?:${userName}|${domainName}[^&#]*(?:\\.|%2e))`
const names = (domain: string) => `(?:.*&)?(?:${userName}|${domainName})${domain.replaceAll('.', '\\.')}(?:[&#]|$)`
