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

const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'Remove control characters.')

/** As given in a request: null clears, absent leaves. */
export const AttributesInput = z
  .strictObject({
    jobTitle: text(attributeLimits.jobTitle).nullable(),
    department: text(attributeLimits.department).nullable(),
    companyName: text(attributeLimits.companyName).nullable(),
    employeeId: text(attributeLimits.employeeId).nullable(),
    employeeType: text(attributeLimits.employeeType).nullable(),
    officeLocation: text(attributeLimits.officeLocation).nullable(),
    mobilePhone: text(attributeLimits.mobilePhone).nullable(),
    businessPhone: text(attributeLimits.businessPhone).nullable(),
    streetAddress: text(attributeLimits.streetAddress).nullable(),
    city: text(attributeLimits.city).nullable(),
    region: text(attributeLimits.region).nullable(),
    postalCode: text(attributeLimits.postalCode).nullable(),
    country: text(attributeLimits.country).nullable(),
    preferredLanguage: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'Use a language like "de" or "de-AT".')
      .nullable(),
    usageLocation: z
      .string()
      .regex(/^[A-Z]{2}$/, 'Use a two-letter country code like "AT".')
      .nullable(),
    manager: z.string().max(64).nullable(),
  })
  .partial()
export type AttributesInput = z.infer<typeof AttributesInput>

/** One line of text without control characters. */
export const line = text
