import { describe, expect, it } from 'vitest'
import { rulesFor } from './rules.ts'
import { resolveSettings } from './settings.ts'
import { loginHosts, passwordHosts } from './sources.ts'

const gatewayUrl = 'https://lockstep.contoso.example'
const settingsWith = (given: Record<string, unknown>) => resolveSettings({ gatewayUrl, ...given }, {}, null).settings
const all = { clouds: ['global', 'usgov', 'usgovdod', 'china'] }

describe('network rules', () => {
  it('every redirect leads to the password page of the portal, with a reason and an own fragment', () => {
    const targets = rulesFor(settingsWith({ ...all, domains: ['contoso.example'] })).flatMap((rule) =>
      rule.action.type === 'redirect' ? [rule.action.redirect.url] : [],
    )
    expect(targets.length).toBeGreaterThan(10)
    for (const target of targets) {
      expect(target).toMatch(/^https:\/\/lockstep\.contoso\.example\/portal\/password\?reason=(change|reset)#lockstep$/)
    }
  })

  it('only GET requests for pages and frames are redirected, in any case of letters', () => {
    for (const { condition } of rulesFor(settingsWith(all))) {
      expect(condition.requestMethods).toEqual(['get'])
      expect(condition.resourceTypes).toEqual(['main_frame', 'sub_frame'])
      expect(condition.isUrlFilterCaseSensitive).toBe(false)
    }
  })

  it('no rule names a host that the manifest does not, nor a sign-in host', () => {
    for (const { condition } of rulesFor(settingsWith(all))) {
      const hosts =
        /^\^https:\/\/\(\?:([^)]+)\)/.exec(condition.regexFilter)?.[1]?.replaceAll('\\', '').split('|') ?? []
      expect(hosts.length).toBeGreaterThan(0)
      for (const host of hosts) {
        expect(passwordHosts).toContain(host)
        expect(Object.values(loginHosts).flat()).not.toContain(host)
      }
    }
  })

  it('ids are their own, and the browsers accept the number of rules for any number of domains', () => {
    const domains = Array.from({ length: 400 }, (_, index) => `d${index}.contoso.example`)
    const rules = rulesFor(settingsWith({ ...all, domains }))
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length)
    expect(rules.length).toBeLessThan(1_000)
  })

  it('there are none without a gateway or without redirect', () => {
    expect(rulesFor(resolveSettings({}, {}, null).settings)).toEqual([])
    expect(rulesFor(settingsWith({ redirect: false }))).toEqual([])
  })
})
