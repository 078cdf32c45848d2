import { z } from 'zod'
import { endpoint } from './endpoint.ts'

const sku = z.guid('Give the id of the SKU: a GUID, as GET /connections/{id}/licences lists it.').toLowerCase()

/** Which licences a tenant's accounts get by the directory's groups. A SKU that no rule names is never touched. */
export const LicenceSettings = z.strictObject({
  rules: z
    .array(z.strictObject({ group: z.string().min(1).max(64), skus: z.array(sku).min(1).max(50) }))
    .max(200)
    .default([]),
  /** Whether who finds no seat waits for one, or goes without. */
  whenNoneLeft: z.enum(['wait', 'skip']).default('wait'),
  /** Licences of blocked people are taken back after so many days; null: never. */
  removeAfterDays: z.number().int().min(0).max(3650).nullable().default(null),
})
export type LicenceSettings = z.infer<typeof LicenceSettings>

/** A licence that a rule gives to a person. */
export const BindingLicence = z.object({
  sku: z.string(),
  name: z.string(),
  state: z.enum(['assigned', 'waiting', 'failed']),
  reason: z.string().nullable(),
})
export type BindingLicence = z.infer<typeof BindingLicence>

/** A SKU of the tenant, or one that only a rule names. */
export const Licence = z.object({
  sku: z.string(),
  name: z.string(),
  total: z.number().int(),
  used: z.number().int(),
  free: z.number().int(),
  /** How many bound people a rule gives one, and how many of them wait for a seat. */
  wanted: z.number().int(),
  waiting: z.number().int(),
})
export type Licence = z.infer<typeof Licence>

export const listLicences = endpoint({
  method: 'GET',
  path: '/connections/{id}/licences',
  summary: 'The licences of the tenant: how many there are, are free, and are wanted by rules',
  access: 'auditor',
  answers: { 200: z.object({ items: z.array(Licence) }) },
  problems: ['connection_not_found', 'tenant_unreachable', 'licences_unreadable'],
})
