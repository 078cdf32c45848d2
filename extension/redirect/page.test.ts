import { describe, expect, it } from 'vitest'
import { mayForceChange, reasonToLeave, type Scope } from './page.ts'
import { rulesFor } from './rules.ts'
import { type Resolved, resolveSettings } from './settings.ts'

const everywhere: Scope = { redirect: true, clouds: ['global', 'usgov', 'china'], domains: [] }
const gatewayUrl = 'https://lockstep.contoso.example'

function settingsOf(scope: Scope): Resolved['settings'] {
  const clouds = scope.clouds
  return { ...resolveSettings({ gatewayUrl, ...scope, clouds: [...clouds] }, {}, null).settings }
}

/** What the browser would do, by priority; the browser tests hold that it does. */
function byRules(url: string, scope: Scope): string | null {
  const [bare = ''] = url.split('#')
  const hits = rulesFor(settingsOf(scope)).filter((rule) => new RegExp(rule.condition.regexFilter, 'i').test(bare))
  const first = hits.sort((a, b) => b.priority - a.priority)[0]
  return first?.action.type === 'redirect' ? first.action.redirect.url : null
}

const pages: [url: string, reason: 'change' | 'reset'][] = [
  ['https://mysignins.microsoft.com/security-info/password/change', 'change'],
  ['https://mysignins.microsoft.com/security-info/password/change/', 'change'],
  ['https://mysignins.microsoft.com/security-info/password/change?tileType=ChangePassword', 'change'],
  ['https://mysignins.microsoft.com/Security-Info/Password/Change', 'change'],
  ['https://account.activedirectory.windowsazure.com/ChangePassword.aspx', 'change'],
  ['https://account.activedirectory.windowsazure.com/changepassword.aspx?BrandContextID=O365&ruO365=x', 'change'],
  ['https://portal.microsoftonline.com/ChangePassword.aspx', 'change'],
  ['https://portal.office.com/ChangePassword.aspx', 'change'],
  ['https://portal.microsoft.com/ChangePassword.aspx', 'change'],
  ['https://passwordreset.microsoftonline.com/', 'reset'],
  ['https://passwordreset.microsoftonline.com/passwordreset?ru=https%3A%2F%2Flogin&mkt=de-AT&hosted=0', 'reset'],
  ['https://aka.ms/sspr', 'reset'],
  ['https://mysignins.microsoft.us/security-info/password/change', 'change'],
  ['https://mysignins.azure.us/security-info/password/change', 'change'],
  ['https://account.activedirectory.windowsazure.us/ChangePassword.aspx', 'change'],
  ['https://portal.office365.us/ChangePassword.aspx', 'change'],
  ['https://portal.microsoftonline.us/ChangePassword.aspx', 'change'],
  ['https://passwordreset.microsoftonline.us/', 'reset'],
  ['https://mysignins.microsoft.cn/security-info/password/change', 'change'],
  ['https://mysignins.azure.cn/security-info/password/change', 'change'],
  ['https://account.activedirectory.windowsazure.cn/ChangePassword.aspx', 'change'],
  ['https://portal.partner.microsoftonline.cn/ChangePassword.aspx', 'change'],
  ['https://passwordreset.activedirectory.windowsazure.cn/', 'reset'],
]

const byFragment = [
  'https://portal.office.com/account/#password',
  'https://portal.office.com/account/#security',
  'https://portal.office.com/account#/password',
]

const leftAlone = [
  'https://mysignins.microsoft.com/security-info',
  'https://mysignins.microsoft.com/security-info/password/changes',
  'https://account.activedirectory.windowsazure.com/r#/profile',
  'https://account.activedirectory.windowsazure.com/PasswordReset/Register.aspx?regref=ssprsetup',
  'https://portal.office.com/account/#subscriptions',
  'https://portal.office.com/account/',
  'https://myaccount.microsoft.com/',
  'https://aka.ms/ssprsetup',
  'https://aka.ms/mysecurityinfo',
  'https://account.live.com/password/Change',
  'https://account.live.com/password/reset',
  'https://account.live.com/ResetPassword.aspx',
  'https://login.live.com/',
  'https://account.microsoft.com/security',
  'https://account.xbox.com/',
  'https://signup.live.com/',
  'https://login.microsoftonline.com/consumers/oauth2/v2.0/authorize',
  'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/login',
  'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
  'https://login.microsoftonline.com/common/login',
  'https://contoso.b2clogin.com/contoso.onmicrosoft.com/b2c_1_reset',
  'https://contoso.ciamlogin.com/',
  'https://login.microsoftonline.com/te/contoso/b2c_1_reset/oauth2/authresp',
  'https://graph.microsoft.com/v1.0/me/changePassword',
  'https://aadcdn.msauth.net/shared/1.0/content/js/ConvergedLogin.js',
  'https://sso.godaddy.com/security/password',
  'https://admin.microsoft.com/#/users',
  'https://passwordreset.microsoftonline.com.evil.example/',
  'https://evil.example/?u=https://passwordreset.microsoftonline.com/',
]

describe('which page is whose', () => {
  it.each(pages)('%s leads to the portal with the reason %s, by rule and by script alike', (url, reason) => {
    const target = `${gatewayUrl}/portal/password?reason=${reason}#lockstep`
    expect(reasonToLeave(url, everywhere)).toBe(reason)
    expect(byRules(url, everywhere)).toBe(target)
  })

  it.each(byFragment)('%s is seen by the script, because rules do not see fragments', (url) => {
    expect(reasonToLeave(url, everywhere)).toBe('change')
    expect(byRules(url, everywhere)).toBeNull()
  })

  it.each(leftAlone)('%s is left alone', (url) => {
    expect(reasonToLeave(url, everywhere)).toBeNull()
    expect(byRules(url, everywhere)).toBeNull()
  })

  it('escaped letters in the path do not let a page through', () => {
    expect(reasonToLeave('https://mysignins.microsoft.com/security-info/p%61ssword/change', everywhere)).toBe('change')
  })

  it('without redirect nobody is sent anywhere', () => {
    for (const [url] of pages) expect(reasonToLeave(url, { ...everywhere, redirect: false })).toBeNull()
  })

  it('a cloud that is not named is left alone', () => {
    const global: Scope = { ...everywhere, clouds: ['global'] }
    expect(reasonToLeave('https://passwordreset.microsoftonline.us/', global)).toBeNull()
    expect(byRules('https://passwordreset.microsoftonline.us/', global)).toBeNull()
  })
})

const reset = 'https://passwordreset.microsoftonline.com/'
const change = 'https://mysignins.microsoft.com/security-info/password/change'
const hints: [url: string, isSent: boolean][] = [
  [reset, true],
  [`${reset}?mkt=de`, true],
  [`${reset}?username=ana@contoso.example`, true],
  [`${reset}?username=ana%40contoso.example&mkt=de`, true],
  [`${reset}?mkt=de&username=ANA@Contoso.Example`, true],
  [`${reset}?username=eve@fabrikam.example`, false],
  [`${reset}?mkt=de&username=eve%40fabrikam.example`, false],
  [`${reset}?whr=contoso.example`, true],
  [`${reset}?whr=fabrikam.example`, false],
  [`${reset}?whr=contoso.example.evil.example`, false],
  [`${reset}?username=ana`, true],
  [`${change}?login_hint=ana@contoso.example`, true],
  [`${change}?login_hint=eve@fabrikam.example`, false],
  [`${change}?domain_hint=organizations`, true],
  [`${change}?tileType=ChangePassword&domain_hint=fabrikam.example`, false],
  [`${change}?domain_hint=fabrikam.example&login_hint=ana@contoso.example`, true],
]

describe('when domains are named', () => {
  const ours: Scope = { ...everywhere, domains: ['contoso.example'] }
  it.each(hints)('%s is sent to the portal: %s, by rule and by script alike', (url, isSent) => {
    expect(reasonToLeave(url, ours) !== null).toBe(isSent)
    expect(byRules(url, ours) !== null).toBe(isSent)
  })

  it('the bar follows the same domains, clouds and exceptions', () => {
    const page = 'https://login.microsoftonline.com/common/login'
    expect(mayForceChange(page, ours)).toBe(true)
    expect(mayForceChange(`${page}?login_hint=eve@fabrikam.example`, ours)).toBe(false)
    expect(mayForceChange(page, { ...ours, clouds: ['china'] })).toBe(false)
    expect(mayForceChange(page, { ...ours, redirect: false })).toBe(false)
    expect(mayForceChange('https://login.microsoftonline.com/consumers/login', ours)).toBe(false)
    expect(mayForceChange('https://login.microsoftonline.com/common/login?p=B2C_1_signin', ours)).toBe(false)
  })
})
