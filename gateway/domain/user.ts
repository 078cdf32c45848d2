import { type Attribute, attributeNames } from '@lockstep/shared/contract/attributes'
import type { Attributes } from './account.ts'

/** Lower case without accents, so that "kovac" finds "Kovač"; also what lists are sorted by. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replaceAll('đ', 'd')
}

/** The words of a search or a name, folded. */
export function wordsOf(text: string): string[] {
  return [...new Set(fold(text).split(/[^\p{L}\p{N}@._'-]+/u))].filter((word) => word !== '')
}

export type Named = {
  email: string
  displayName: string
  givenName: string | null
  familyName: string | null
}

/** What a person is found by: each word of the names, also the parts of a hyphened one, and the address. */
export function termsOf(person: Named): string[] {
  const names = [person.displayName, person.givenName ?? '', person.familyName ?? ''].flatMap(wordsOf)
  const parts = names.flatMap((word) => word.split(/[-.']/))
  return [...new Set([person.email.toLowerCase(), fold(person.email), ...names, ...parts])]
    .filter((term) => term !== '')
    .slice(0, 40)
}

/** How a person is called who was given no display name. */
export function displayNameOf(person: {
  email: string
  givenName?: string | null
  familyName?: string | null
}): string {
  const name = [person.givenName, person.familyName].filter((part) => part).join(' ')
  return name || person.email.slice(0, person.email.indexOf('@'))
}

export type PersonValues = Record<string, string | null>

/** What differs between two readings of a person, by name and sorted. */
export function changesBetween(before: PersonValues, after: PersonValues) {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .map((attribute) => ({
      attribute,
      before: before[attribute] ?? null,
      after: after[attribute] ?? null,
    }))
    .filter((change) => change.before !== change.after)
}

/** Attributes that are stored as JSON, not as columns. */
export const storedAttributes = attributeNames.filter(
  (name): name is Exclude<Attribute, 'displayName' | 'givenName' | 'familyName'> =>
    !['displayName', 'givenName', 'familyName'].includes(name),
)

/** Every attribute of a person, null where there is nothing. */
export function attributesOf(person: Omit<Named, 'email'>, stored: PersonValues): Attributes {
  const all: Record<string, string | null> = Object.fromEntries(
    storedAttributes.map((name) => [name, stored[name] || null]),
  )
  return {
    ...all,
    displayName: person.displayName,
    givenName: person.givenName,
    familyName: person.familyName,
  } as Attributes
}
