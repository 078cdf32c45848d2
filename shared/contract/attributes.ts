import { z } from 'zod'

/** The attributes that follow a person into the account, with the longest value that Microsoft 365 takes. */
export const attributeLimits = {
  displayName: 256,
  givenName: 64,
  familyName: 64,
  jobTitle: 128,
  department: 64,
  companyName: 64,
  employeeId: 16,
  employeeType: 64,
  officeLocation: 128,
  mobilePhone: 64,
  businessPhone: 64,
  streetAddress: 1024,
  city: 128,
  region: 128,
  postalCode: 40,
  country: 128,
  preferredLanguage: 10,
  usageLocation: 2,
} as const

export type Attribute = keyof typeof attributeLimits
export const attributeNames = Object.keys(attributeLimits) as Attribute[]

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
const text = (max: number) => z.string().trim().max(max).regex(/^[^\u0000-\u001f\u007f]*$/, 'Remove control characters.')

const personal = {
  jobTitle: text(attributeLimits.jobTitle),
  department: text(attributeLimits.department),
  companyName: text(attributeLimits.companyName),
  employeeId: text(attributeLimits.employeeId),
  employeeType: text(attributeLimits.employeeType),
  officeLocation: text(attributeLimits.officeLocation),
  mobilePhone: text(attributeLimits.mobilePhone),
  businessPhone: text(attributeLimits.businessPhone),
  streetAddress: text(attributeLimits.streetAddress),
  city: text(attributeLimits.city),
  region: text(attributeLimits.region),
  postalCode: text(attributeLimits.postalCode),
  country: text(attributeLimits.country),
  preferredLanguage: z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'Use a language like "de" or "de-AT".'),
  usageLocation: z.string().regex(/^[A-Z]{2}$/, 'Use a two-letter country code like "AT".'),
}

/** As given in a request: null clears, absent leaves. */
export const AttributesInput = z
  .strictObject(personal)
  .extend({ manager: z.string().max(64) })
  .partial()
  .transform((given) => given as { [K in keyof typeof given]: (typeof given)[K] })

export const nameText = text
export const personalAttributes = personal
