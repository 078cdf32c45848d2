/** Whether a comparison works plainly, only with advanced query parameters, or never. */
type Verdict = 'plain' | 'advanced' | 'never'
export type Capabilities = { eq: Verdict; starts: Verdict; ends: Verdict; range: Verdict; eqNull: Verdict }

const none: Capabilities = { eq: 'never', starts: 'never', ends: 'never', range: 'never', eqNull: 'never' }

function table(rows: readonly [names: string, can: Partial<Capabilities>][]): Map<string, Capabilities> {
  const out = new Map<string, Capabilities>()
  for (const [names, can] of rows)
    for (const name of names.toLowerCase().split(' ')) out.set(name, { ...none, ...out.get(name), ...can })
  return out
}

/** "Support for filter by properties of Microsoft Entra ID (directory) objects", user. */
export const userCapabilities = table([
  ['id', { eq: 'plain' }],
  ['userPrincipalName', { eq: 'plain', starts: 'plain', range: 'plain', ends: 'advanced' }],
  [
    'mail displayName givenName surname jobTitle department city country mailNickname usageLocation',
    { eq: 'plain', starts: 'plain', range: 'plain', eqNull: 'advanced' },
  ],
  ['mail', { ends: 'advanced' }],
  ['state employeeId userType onPremisesSyncEnabled', { eq: 'plain', eqNull: 'advanced' }],
  [
    'companyName officeLocation mobilePhone postalCode streetAddress preferredLanguage faxNumber businessPhones',
    { eq: 'advanced', starts: 'advanced', eqNull: 'advanced' },
  ],
  ['employeeType', { eq: 'advanced', eqNull: 'advanced' }],
  ['accountEnabled onPremisesImmutableId creationType externalUserState', { eq: 'plain' }],
  ['createdDateTime', { eq: 'plain', range: 'plain', eqNull: 'advanced' }],
  ['proxyAddresses otherMails', { eq: 'plain', starts: 'plain', ends: 'advanced' }],
  ['assignedLicenses manager/id', { eq: 'plain' }],
  ['passwordPolicies', { eqNull: 'advanced' }],
  ['passwordProfile/forceChangePasswordNextSignIn', { eq: 'advanced', eqNull: 'advanced' }],
  ['lastPasswordChangeDateTime signInSessionsValidFromDateTime', {}],
])

/** The same page, group. */
export const groupCapabilities = table([
  ['id', { eq: 'plain' }],
  ['displayName mail mailNickname', { eq: 'plain', starts: 'plain', eqNull: 'advanced' }],
  [
    'description preferredLanguage onPremisesSamAccountName',
    { eq: 'advanced', starts: 'advanced', eqNull: 'advanced' },
  ],
  ['securityEnabled mailEnabled isAssignableToRole', { eq: 'plain' }],
  ['membershipRule classification uniqueName', { eq: 'plain', starts: 'plain' }],
  ['groupTypes proxyAddresses assignedLicenses', { eq: 'plain' }],
  ['onPremisesSyncEnabled', { eq: 'plain', eqNull: 'advanced' }],
])
