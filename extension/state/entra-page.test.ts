import { describe, expect, it } from 'vitest'
import { adminPageOf } from './entra-page.ts'

const id = '1b2f3c4d-0000-4000-8000-123456789abc'
const other = '9a8b7c6d-1111-4111-9111-cba987654321'
const entra = 'https://entra.microsoft.com'
const azure = 'https://portal.azure.com'
const admin = 'https://admin.microsoft.com'
const view = 'view/Microsoft_AAD_UsersAndTenants'

const users = [
  `${entra}/#${view}/UserProfileMenuBlade/~/overview/userId/${id}`,
  `${entra}/#${view}/UserProfileMenuBlade/~/overview/userId/${id}/hidePreviewBanner~/true`,
  `${entra}/#${view}/UserProfileMenuBlade/~/UserAuthMethods/userId/${id}`,
  `${entra}/#${view}/UserProfileMenuBlade/~/Groups/userId/${id.toUpperCase()}`,
  `${entra}/#${view}/UserProfileMenuBlade/overview/userId/${id}`,
  `${entra}/#@contoso.onmicrosoft.com/${view}/UserProfileMenuBlade/~/overview/userId/${id}`,
  `${entra}/?feature.msaljs=true#${view}/UserProfileMenuBlade/~/overview/userId/${id}`,
  `${entra}/?l=en.en-us#${view}/UserProfileMenuBlade/%7E/overview/userId/${id}`,
  `${entra}/#${view}/UserProfileMenuBlade/%7E/overview/userId%2F${id}`,
  `${entra}/#view/Microsoft_AAD_IAM/UserDetailsMenuBlade/~/Profile/userId/${id}`,
  `${entra}/#view/Microsoft_AAD_IAM/UserDetailsMenuBlade/~/Profile/objectId/${id}`,
  `${entra}/#view/Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Members/groupId/${other}/${view}/UserProfileMenuBlade/userId/${id}`,
  `${azure}/#${view}/UserProfileMenuBlade/~/overview/userId/${id}`,
  `${azure}/#blade/Microsoft_AAD_IAM/UserDetailsMenuBlade/Profile/userId/${id}`,
  `${azure}/#blade/Microsoft_AAD_IAM/UserDetailsMenuBlade/Profile/userId/${id}/adminUnitObjectId/`,
  `${azure}/#@contoso.example/blade/Microsoft_AAD_IAM/UserDetailsMenuBlade/~/SignIns/userId/${id}`,
  `${azure}/?quickstart=true#view/Microsoft_AAD_IAM/UserDetailsMenuBlade/~/Profile/userObjectId/${id}`,
  `${admin}/#/users/:/UserDetails/${id}`,
  `${admin}/#/users/:/UserDetails/${id}/Account`,
  `${admin}/Adminportal/Home#/users/:/UserDetails/${id}/LicensesAndApps`,
  `${admin}/Adminportal/Home?source=applauncher#/users/:/UserDetailsPanel/${id}`,
  `https://entra.microsoft.us/#${view}/UserProfileMenuBlade/~/overview/userId/${id}`,
  `https://portal.azure.us/#${view}/UserProfileMenuBlade/~/overview/userId/${id}`,
  `https://portal.azure.cn/#blade/Microsoft_AAD_IAM/UserDetailsMenuBlade/Profile/userId/${id}`,
]
const groups = [
  `${entra}/#view/Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Overview/groupId/${id}`,
  `${azure}/#blade/Microsoft_AAD_IAM/GroupDetailsMenuBlade/Overview/groupId/${id}`,
  `${admin}/#/groups/:/GroupDetails/${id}/0`,
]
const elsewhere = [
  undefined,
  'about:blank',
  `${entra}/#home`,
  `${entra}/#${view}/UserManagementMenuBlade/~/AllUsers/menuId/`,
  `${azure}/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Overview/objectId/${id}`,
  `${entra}/#${view}/UserProfileMenuBlade/~/overview/userId/${id}0`,
  `${entra}/#${view}/UserProfileMenuBlade/~/overview/userId/me`,
  `${admin}/#/users`,
  `${admin}/#/users/:/UserDetails/%E0%A4%A`,
  `http://entra.microsoft.com/#${view}/UserProfileMenuBlade/~/overview/userId/${id}`,
  `https://entra.microsoft.com.evil.example/#${view}/UserProfileMenuBlade/~/overview/userId/${id}`,
  `https://evil.example/#${view}/UserProfileMenuBlade/~/overview/userId/${id}`,
]

describe('whose page an admin center shows', () => {
  it.each(users)('%s is the page of a user', (url) => {
    expect(adminPageOf(url)).toEqual({ kind: 'user', accountId: id })
  })
  it.each(groups)('%s is the page of a group', (url) => {
    expect(adminPageOf(url)).toEqual({ kind: 'group', groupId: id })
  })
  it.each(elsewhere)('%s is nobody’s page', (url) => {
    expect(adminPageOf(url)).toEqual({ kind: 'elsewhere' })
  })
})
