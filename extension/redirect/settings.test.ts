import { describe, expect, it } from 'vitest'
import { checkGatewayUrl, resolveSettings } from './settings.ts'

const good: [given: string, origin: string][] = [
  ['https://lockstep.contoso.example', 'https://lockstep.contoso.example'],
  ['https://lockstep.contoso.example/', 'https://lockstep.contoso.example'],
  [' https://Lockstep.Contoso.Example:8443 ', 'https://lockstep.contoso.example:8443'],
  ['http://localhost:4180', 'http://localhost:4180'],
  ['http://127.0.0.1:4180', 'http://127.0.0.1:4180'],
  ['http://[::1]:4180', 'http://[::1]:4180'],
  ['https://notmicrosoft.example', 'https://notmicrosoft.example'],
]
const bad: unknown[] = [
  'http://lockstep.contoso.example',
  'http://127.0.0.1.evil.example',
  'https://user:secret@lockstep.contoso.example',
  'https://lockstep.contoso.example/portal',
  'https://lockstep.contoso.example?x=1',
  'https://lockstep.contoso.example#x',
  'https://login.microsoftonline.com',
  'https://microsoft.com.',
  'https://portal.azure.com',
  'https://contoso.sharepoint.com',
  'javascript:alert(1)',
  'ftp://lockstep.contoso.example',
  'lockstep.contoso.example',
  'https://',
  42,
  null,
]

describe('the address of the gateway', () => {
  it.each(good)('%s is accepted as %s', (given, origin) => {
    expect(checkGatewayUrl(given)).toEqual({ ok: true, origin })
  })
  it.each(bad)('%s is refused with a sentence', (given) => {
    expect(checkGatewayUrl(given)).toEqual({ ok: false, message: expect.stringMatching(/\.$/) })
  })
})

describe('settings', () => {
  it('policy goes before what the person entered, key by key, and is locked', () => {
    const { settings, locked } = resolveSettings(
      { gatewayUrl: 'https://a.example', domains: ['Contoso.Example'] },
      { gatewayUrl: 'https://b.example', organisation: 'Contoso' },
      null,
    )
    expect(settings).toMatchObject({
      gatewayUrl: 'https://a.example',
      organisation: 'Contoso',
      domains: ['contoso.example'],
    })
    expect(locked).toEqual(['gatewayUrl', 'domains'])
  })

  it('a bad address leaves the last good one acting and says so', () => {
    const { settings, problems } = resolveSettings({ gatewayUrl: 'http://a.example' }, {}, 'https://good.example')
    expect(settings.gatewayUrl).toBe('https://good.example')
    expect(problems).toEqual([{ key: 'gatewayUrl', message: expect.stringContaining('https://good.example is used') }])
  })

  it('a bad policy does not let the person’s own address act', () => {
    const { settings } = resolveSettings({ gatewayUrl: 'nonsense' }, { gatewayUrl: 'https://own.example' }, null)
    expect(settings.gatewayUrl).toBeNull()
  })

  it('an address that was taken away is not kept', () => {
    expect(resolveSettings({}, {}, 'https://good.example').settings.gatewayUrl).toBeNull()
  })

  it('defaults are those of the contract', () => {
    expect(resolveSettings({}, {}, null).settings).toEqual({
      gatewayUrl: null,
      organisation: null,
      redirect: true,
      clouds: ['global'],
      domains: [],
      allowPass: false,
      supportContact: null,
      rulesKey: null,
    })
  })

  it('both US clouds mean the same hosts, and unknown names are ignored', () => {
    const { settings } = resolveSettings({ clouds: ['usgovdod', 'usgov', 'mars', 'china'] }, {}, null)
    expect(settings.clouds).toEqual(['usgov', 'china'])
  })

  it('values of the wrong kind are left out and named', () => {
    const { settings, problems } = resolveSettings(
      { redirect: 'no', clouds: 'global', domains: ['-'], organisation: 7 },
      {},
      null,
    )
    expect(settings).toMatchObject({ redirect: true, clouds: ['global'], domains: [], organisation: null })
    expect(problems.map((problem) => problem.key).sort()).toEqual(['clouds', 'domains', 'organisation', 'redirect'])
  })
})
