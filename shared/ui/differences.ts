import type { AccountDetail } from '../contract/connection.ts'
import type { User } from '../contract/user.ts'
import { sayIfKnown } from '../messages/say.ts'

export type AttributeRow = {
  attribute: string
  label: string
  ours: string | null
  theirs: string | null
  isSame: boolean
}

/** In the order in which people read them. */
export const readingOrder = [
  ...['userPrincipalName', 'displayName', 'givenName', 'familyName', 'jobTitle', 'department', 'companyName'],
  ...['employeeId', 'employeeType', 'officeLocation', 'mobilePhone', 'businessPhone', 'streetAddress', 'city'],
  ...['region', 'postalCode', 'country', 'preferredLanguage', 'usageLocation'],
]

/** The manager is an id on our side; comparing it means nothing to a reader. */
const left = new Set(['manager'])

/** Directory and account, attribute by attribute, in reading order; what is empty on both sides is left out. */
export function compare(user: User, account: AccountDetail): AttributeRow[] {
  const { email, displayName, givenName, familyName } = user
  const ours: Record<string, string | null> = {
    ...user.attributes,
    userPrincipalName: email,
    displayName,
    givenName,
    familyName,
  }
  const theirs: Record<string, string | null> = {
    ...account.attributes,
    userPrincipalName: account.userPrincipalName,
  }
  const names = [...new Set([...readingOrder, ...Object.keys(ours), ...Object.keys(theirs)])].filter(
    (name) => !left.has(name),
  )
  return names.flatMap((attribute) => {
    const [mine, other] = [ours[attribute] || null, theirs[attribute] || null]
    if (mine === null && other === null) return []
    return { attribute, label: labelOf(attribute), ours: mine, theirs: other, isSame: same(attribute, mine, other) }
  })
}

/** The name of an attribute for people; its own where the catalogue has none. */
export const labelOf = (attribute: string): string => sayIfKnown(`attribute.${attribute}`) ?? attribute

/** Sign-in names are the same in any case of letters. */
function same(attribute: string, a: string | null, b: string | null): boolean {
  return attribute === 'userPrincipalName' ? a?.toLowerCase() === b?.toLowerCase() : a === b
}
