import { describe, expect, it } from 'vitest'
import { mayForceChange, reasonToLeave, type Scope } from './page.ts'
import { rulesFor } from './rules.ts'
import { type Resolved, resolveSettings } from './settings.ts'
import { urlTable } from './testing-urls.ts'

const everywhere: Scope = { redirect: true, clouds: ['global', 'usgov', 'china'], domains: [] }
const gatewayUrl = 'https://lockstep.contoso.example'

function settingsOf(scope: Scope): Resolved['settings'] {
  const clouds = scope.clouds
  return { ...resolveSettings({ gatewayUrl, ...scope, clouds: [...clouds] }, {}, null).settings }
}

/** What the browser would do, by priority; the browser tests hold that it does. */
function byRules(url: string, scope: Scope): string | null {
  const [bare = ''] = new URL(url).href.split('#')
  const hits = rulesFor(settingsOf(scope)).filter((rule) => new RegExp(rule.condition.regexFilter, 'i').test(bare))
  const first = hits.sort((a, b) => b.priority - a.priority)[0]
  return first?.action.type === 'redirect' ? first.action.redirect.url : null
}

describe('which page is whose', () => {
  const called = urlTable.map((row) => ({ ...row, ends: row.goes === 'stays' ? 'stays' : `goes (${row.goes})` }))
  it.each(called)('$url $ends: $why', ({ url, goes, byScript, clouds, domains }) => {
    const scope = { ...everywhere, ...(clouds && { clouds }), ...(domains && { domains }) }
    const target = goes === 'stays' ? null : `${gatewayUrl}/portal/password?reason=${goes}#lockstep`
    expect(reasonToLeave(url, scope)).toBe(goes === 'stays' ? null : goes)
    expect(byRules(url, scope)).toBe(byScript ? null : target)
  })

  it('is said of at least 120 addresses, each once for the same settings', () => {
    const keys = urlTable.map(({ url, clouds, domains }) => JSON.stringify([url, clouds, domains]))
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.length).toBeGreaterThanOrEqual(120)
  })

  it('without redirect nobody is sent anywhere', () => {
    for (const { url } of urlTable) expect(reasonToLeave(url, { ...everywhere, redirect: false })).toBeNull()
  })

  it('the bar follows the same domains, clouds and exceptions', () => {
    const page = 'https://login.microsoftonline.com/common/login'
    const ours: Scope = { ...everywhere, domains: ['contoso.example'] }
    expect(mayForceChange(page, ours)).toBe(true)
    expect(mayForceChange(`${page}?login_hint=eve@fabrikam.example`, ours)).toBe(false)
    expect(mayForceChange(page, { ...ours, clouds: ['china'] })).toBe(false)
    expect(mayForceChange(page, { ...ours, redirect: false })).toBe(false)
    expect(mayForceChange('https://login.microsoftonline.com/consumers/login', ours)).toBe(false)
    expect(mayForceChange('https://login.microsoftonline.com/common/login?p=B2C_1_signin', ours)).toBe(false)
  })
})
