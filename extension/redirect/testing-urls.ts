import type { Cloud } from './sources.ts'

/**
 * Addresses and what becomes of them, each with the reason. For tests alone: rules and script are held to the same
 * table, and a browser can be driven along it.
 */
export type UrlRow = {
  url: string
  /** `stays`: left alone. */
  goes: 'change' | 'reset' | 'stays'
  why: string
  /** Only the content script sees it: a fragment, or an escaped letter. */
  byScript?: true
  /** The settings, where they are not "every cloud, every account". */
  clouds?: readonly Cloud[]
  domains?: readonly string[]
}

type Row = [url: string, why: string, more?: Pick<UrlRow, 'byScript' | 'clouds' | 'domains'>]

const rows = (goes: UrlRow['goes'], list: readonly Row[]): UrlRow[] =>
  list.map(([url, why, more]) => ({ url, goes, why, ...more }))

const script = { byScript: true } as const
const securityInfo = 'https://mysignins.microsoft.com/security-info'
const windowsAzure = 'https://account.activedirectory.windowsazure.com'
const resetHost = 'https://passwordreset.microsoftonline.com'

const changePages = rows('change', [
  [`${securityInfo}/password/change`, 'the page where a known password is changed'],
  [`${securityInfo}/password/change/`, 'the same with a slash'],
  [`${securityInfo}/password/change?tileType=ChangePassword`, 'as the tile links to it'],
  [`${securityInfo}/password/change?tileType=ChangePassword&mkt=de-AT`, 'with a language'],
  [`${securityInfo}/password/change#top`, 'a fragment changes nothing'],
  ['https://mysignins.microsoft.com/Security-Info/Password/Change', 'paths there know no case'],
  ['https://MYSIGNINS.MICROSOFT.COM/security-info/password/change', 'hosts know no case'],
  ['https://mysignins.microsoft.com:443/security-info/password/change', 'the port that is meant anyway'],
  [`${windowsAzure}/ChangePassword.aspx`, 'the former page, which leads to the present one at times'],
  [`${windowsAzure}/changepassword.aspx?BrandContextID=O365&ruO365=x`, 'as Office links to it'],
  [`${windowsAzure}/CHANGEPASSWORD.ASPX`, 'in capitals'],
  [`${windowsAzure}/ChangePassword.aspx/`, 'a slash behind a page of ASP.NET'],
  [`${windowsAzure}/ChangePassword.aspx/more`, 'ASP.NET serves the page for what follows, too'],
  [`${windowsAzure}/ChangePassword.aspx;x=1`, 'parameters of a path'],
  ['https://portal.microsoftonline.com/ChangePassword.aspx', 'where tokens say that a password is changed'],
  ['https://portal.microsoftonline.com/changepassword.aspx?x=1', 'the same in small letters'],
  ['https://portal.office.com/ChangePassword.aspx', 'the same page at its other address'],
  ['https://portal.microsoft.com/ChangePassword.aspx', 'the same page at its third address'],
  ['https://mysignins.microsoft.us/security-info/password/change', 'US Government'],
  ['https://mysignins.azure.us/security-info/password/change', 'US Government, the other host'],
  ['https://mysignins.azure.us/security-info/password/change?x=1', 'US Government, with a query'],
  ['https://account.activedirectory.windowsazure.us/ChangePassword.aspx', 'US Government, the former page'],
  ['https://portal.office365.us/ChangePassword.aspx', 'US Government, the portal'],
  ['https://portal.microsoftonline.us/ChangePassword.aspx', 'US Government, the portal at its other address'],
  ['https://mysignins.microsoft.cn/security-info/password/change', 'China'],
  ['https://mysignins.azure.cn/security-info/password/change', 'China, the other host'],
  ['https://account.activedirectory.windowsazure.cn/ChangePassword.aspx', 'China, the former page'],
  ['https://portal.partner.microsoftonline.cn/ChangePassword.aspx', 'China, the portal'],
  ['https://portal.office.com/account/#password', 'only the fragment tells', script],
  ['https://portal.office.com/account/#security', 'only the fragment tells', script],
  ['https://portal.office.com/account#/password', 'a route in the fragment', script],
  ['https://portal.office.com/account/#/security?x=1', 'a route with a query', script],
  ['https://portal.office.com/Account/#Password', 'fragments in capitals', script],
  ['https://mysignins.microsoft.com/security-info/p%61ssword/change', 'an escaped letter is the letter', script],
  [`${windowsAzure}/Change%50assword.aspx`, 'an escaped letter is the letter', script],
])

const resetPages = rows('reset', [
  [`${resetHost}/`, 'the whole host is for resets'],
  [resetHost, 'without a slash'],
  [`${resetHost}/?ru=https%3A%2F%2Flogin.microsoftonline.com`, 'from the sign-in page'],
  [`${resetHost}/passwordreset?ru=https%3A%2F%2Flogin&mkt=de-AT&hosted=0`, 'any path there'],
  [`${resetHost}/passwordreset#!/`, 'its own route in the fragment'],
  [`${resetHost}/Default.aspx`, 'another path'],
  ['https://aka.ms/sspr', 'the short link to it'],
  ['https://aka.ms/SSPR', 'short links know no case'],
  ['https://aka.ms/sspr/', 'with a slash'],
  ['https://aka.ms/sspr?mkt=de', 'with a query'],
  ['https://passwordreset.microsoftonline.us/', 'US Government'],
  ['https://passwordreset.microsoftonline.us/passwordreset?x=1', 'US Government, any path'],
  ['https://passwordreset.activedirectory.windowsazure.cn/', 'China'],
  ['https://passwordreset.activedirectory.windowsazure.cn/passwordreset', 'China, any path'],
])

const neighbours = rows('stays', [
  [securityInfo, 'methods are registered there'],
  [`${securityInfo}?tileType=x`, 'the same with a query'],
  [`${securityInfo}/password`, 'not yet the change'],
  [`${securityInfo}/password/changes`, 'another route that begins alike'],
  [`${securityInfo}/password/change-history`, 'another route that begins alike'],
  [`${securityInfo}/phone`, 'registers a telephone'],
  ['https://mysignins.microsoft.com/', 'the overview of sign-ins'],
  ['https://mysignins.microsoft.com/?x=/security-info/password/change', 'the path stands in the query alone'],
  ['https://mysignins.microsoft.com/x/security-info/password/change', 'the path begins with something else'],
  [`${windowsAzure}/r#/profile`, 'the profile'],
  [`${windowsAzure}/PasswordReset/Register.aspx?regref=ssprsetup`, 'registers for resets'],
  [`${windowsAzure}/ChangePassword.aspxx`, 'another page that begins alike'],
  [`${windowsAzure}/x/ChangePassword.aspx`, 'in another folder'],
  ['https://portal.office.com/account/#subscriptions', 'another part of the account page'],
  ['https://portal.office.com/account/#passwords', 'a fragment that begins alike'],
  ['https://portal.office.com/account/', 'the account page without a part'],
  ['https://portal.office.com/accounts/#password', 'another page with such a fragment'],
  ['https://portal.office.com/', 'the start page'],
  ['https://myaccount.microsoft.com/', 'the link on it is enough'],
  ['https://aka.ms/ssprsetup', 'registers for resets'],
  ['https://aka.ms/mysecurityinfo', 'registers methods'],
  ['https://aka.ms/setupsecurityinfo', 'registers methods'],
  ['https://aka.ms/ssprx', 'another short link that begins alike'],
  ['https://aka.ms/x/sspr', 'another short link that ends alike'],
  ['https://admin.microsoft.com/#/users', 'administrators reset others there'],
  ['https://entra.microsoft.com/#view/Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade', 'administrators at work'],
  ['http://mysignins.microsoft.com/security-info/password/change', 'is not served without TLS'],
])

const personal = rows('stays', [
  ['https://account.live.com/password/Change', 'personal accounts'],
  ['https://account.live.com/password/reset', 'personal accounts'],
  ['https://account.live.com/ResetPassword.aspx', 'personal accounts'],
  ['https://login.live.com/', 'personal accounts'],
  ['https://login.live.com/ppsecure/post.srf', 'personal accounts'],
  ['https://account.microsoft.com/security', 'personal accounts'],
  ['https://account.microsoft.com/profile', 'personal accounts'],
  ['https://account.xbox.com/', 'personal accounts'],
  ['https://signup.live.com/', 'personal accounts'],
  ['https://login.microsoftonline.com/consumers/oauth2/v2.0/authorize', 'personal accounts on the shared host'],
  ['https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/login', 'the tenant of personal accounts'],
  ['https://contoso.b2clogin.com/contoso.onmicrosoft.com/b2c_1_reset', 'customers, not staff'],
  ['https://contoso.ciamlogin.com/', 'customers, not staff'],
  ['https://login.microsoftonline.com/te/contoso/b2c_1_reset/oauth2/authresp', 'customers on the shared host'],
  ['https://login.microsoftonline.com/tfp/contoso/b2c_1_reset/login', 'customers on the shared host'],
])

const signIn = rows('stays', [
  ['https://login.microsoftonline.com/common/oauth2/v2.0/authorize', 'breaking the sign-in locks everybody out'],
  ['https://login.microsoftonline.com/common/login', 'a forced change there is told by the page, not by its address'],
  ['https://login.microsoftonline.com/common/SAS/ProcessAuth', 'the second factor'],
  ['https://login.microsoftonline.com/kmsi', 'stay signed in?'],
  ['https://login.microsoftonline.us/common/login', 'US Government, the sign-in'],
  ['https://login.partner.microsoftonline.cn/common/login', 'China, the sign-in'],
  ['https://graph.microsoft.com/v1.0/me/changePassword', 'programs, not people'],
  ['https://aadcdn.msauth.net/shared/1.0/content/js/ConvergedLogin.js', 'what pages are made of'],
  ['https://aadcdn.msftauth.net/shared/1.0/x.css', 'what pages are made of'],
])

const lookalikes = rows('stays', [
  ['https://passwordreset.microsoftonline.com.evil.example/', 'a name in front of another'],
  ['https://evil.example/?u=https://passwordreset.microsoftonline.com/', 'an address in the query of another'],
  ['https://evil.example/passwordreset.microsoftonline.com/', 'a host as a path'],
  ['https://passwordreset.microsoftonline.com@evil.example/', 'a host as a user name'],
  ['https://xpasswordreset.microsoftonline.com/', 'a name that ends alike'],
  ['https://passwordresetXmicrosoftonline.com/', 'the dot stands for itself alone'],
  ['https://mysignins.microsoft.example/security-info/password/change', 'another domain'],
  ['https://sso.godaddy.com/security/password', 'federated elsewhere'],
])

const ours = { domains: ['contoso.example'] } as const
const named = [
  ...rows('reset', [
    [`${resetHost}/`, 'nobody is named, so it may be ours', ours],
    [`${resetHost}/?mkt=de`, 'nobody is named', ours],
    [`${resetHost}/?username=ana@contoso.example`, 'one of ours', ours],
    [`${resetHost}/?username=ana%40contoso.example&mkt=de`, 'one of ours, escaped', ours],
    [`${resetHost}/?mkt=de&username=ANA@Contoso.Example`, 'domains know no case', ours],
    [`${resetHost}/?whr=contoso.example`, 'our domain', ours],
    [`${resetHost}/?username=ana`, 'a name without a domain says nothing', ours],
  ]),
  ...rows('change', [
    [`${securityInfo}/password/change?login_hint=ana@contoso.example`, 'one of ours', ours],
    [`${securityInfo}/password/change?domain_hint=organizations`, 'any organisation', ours],
    [
      `${securityInfo}/password/change?domain_hint=fabrikam.example&login_hint=ana@contoso.example`,
      'one of ours is among them',
      ours,
    ],
  ]),
  ...rows('stays', [
    [`${resetHost}/?username=eve@fabrikam.example`, 'somebody of another organisation', ours],
    [`${resetHost}/?mkt=de&username=eve%40fabrikam.example`, 'the same, escaped', ours],
    [`${resetHost}/?whr=fabrikam.example`, 'another domain', ours],
    [`${resetHost}/?whr=contoso.example.evil.example`, 'a domain that begins like ours', ours],
    [`${resetHost}/?whr=xcontoso.example`, 'a domain that ends like ours', ours],
    [`${securityInfo}/password/change?login_hint=eve@fabrikam.example`, 'somebody of another organisation', ours],
    [
      `${securityInfo}/password/change?tileType=ChangePassword&domain_hint=fabrikam.example`,
      'another organisation',
      ours,
    ],
  ]),
]

const global = { clouds: ['global'] } as const
const otherClouds = rows('stays', [
  ['https://passwordreset.microsoftonline.us/', 'US Government is not among the clouds', global],
  ['https://mysignins.azure.us/security-info/password/change', 'US Government is not among the clouds', global],
  ['https://mysignins.microsoft.cn/security-info/password/change', 'China is not among the clouds', global],
  [`${resetHost}/`, 'the global cloud is not among them', { clouds: ['china'] }],
  [`${resetHost}/`, 'there is no cloud', { clouds: [] }],
])

export const urlTable: readonly UrlRow[] = [
  ...changePages,
  ...resetPages,
  ...neighbours,
  ...personal,
  ...signIn,
  ...lookalikes,
  ...named,
  ...otherClouds,
]
