import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chromiumOnly, extensionId, manifestFor, permissionReasons } from './manifest.ts'
import { settingKeys } from './redirect/settings.ts'

const browsers = ['chrome', 'firefox'] as const
const idOf = async (key: string) => {
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(key, 'base64'))).toString('hex')
  return [...hash.slice(0, 32)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join('')
}

describe.each(browsers)('the manifest for %s', (browser) => {
  const manifest = manifestFor(browser)

  it('asks for these permissions and no other, each with a reason', () => {
    expect(Object.keys(permissionReasons).sort()).toEqual(
      ['alarms', 'declarativeNetRequestWithHostAccess', 'identity', 'sidePanel', 'storage'].sort(),
    )
    for (const permission of manifest.permissions) expect(permissionReasons[permission]).toMatch(/\w{3}/)
  })

  it('names Microsoft’s hosts one by one, each once, over https', () => {
    const hosts = manifest.host_permissions
    expect(new Set(hosts).size).toBe(hosts.length)
    for (const host of hosts) {
      expect(host).toMatch(
        /^https:\/\/[a-z.]+\.(microsoft|microsoftonline|windowsazure|office|office365|azure|chinacloudapi)\.(com|us|cn)\/\*$|^https:\/\/aka\.ms\/sspr\*$/,
      )
    }
  })

  it('lets pages run our own code only', () => {
    expect(manifest.content_security_policy.extension_pages).toBe(
      "script-src 'self'; object-src 'none'; base-uri 'none'",
    )
  })
})

describe('the manifest for Chromium', () => {
  it('has a fixed key, and the id that follows from it', async () => {
    expect(await idOf(chromiumOnly.key)).toBe(extensionId)
    expect(manifestFor('chrome')).toMatchObject(chromiumOnly)
  })

  it('lets nobody connect from outside', () => {
    expect(chromiumOnly.externally_connectable).toEqual({ ids: [], matches: [] })
  })
})

describe('the managed schema', () => {
  it('has every setting, each described', () => {
    const schema = JSON.parse(readFileSync(new URL('./public/managed_schema.json', import.meta.url), 'utf8'))
    expect(Object.keys(schema.properties).sort()).toEqual([...settingKeys].sort())
    for (const property of Object.values<{ description: string }>(schema.properties)) {
      expect(property.description).toMatch(/\.$/)
    }
  })
})
