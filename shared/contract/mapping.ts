import { z } from 'zod'
import { type Attribute, attributeNames } from './attributes.ts'
import { endpoint } from './endpoint.ts'
import { longestTemplate, parseTemplate } from './template.ts'

/** `push`: follows the directory. `fill`: written once, while the account has none. `ignore`: neither written nor compared. */
export const MappingMode = z.enum(['push', 'fill', 'ignore'])
export type MappingMode = z.infer<typeof MappingMode>

const Template = z
  .string()
  .min(1)
  .max(longestTemplate)
  .superRefine((source, context) => {
    const parsed = parseTemplate(source)
    if (!parsed.ok) context.addIssue(`At character ${parsed.position}: ${parsed.message}`)
  })

const one = z.strictObject({ mode: MappingMode.default('push'), from: Template.optional() })

/** Attributes that are not named are pushed as they are. */
export const Mapping = z.strictObject({
  ...(Object.fromEntries(attributeNames.map((name) => [name, one.optional()])) as Record<
    Attribute,
    z.ZodOptional<typeof one>
  >),
  /** The manager's account, once there is one. */
  manager: z.strictObject({ mode: MappingMode.default('push') }).optional(),
})
export type Mapping = z.infer<typeof Mapping>

export const MappedAttribute = z.object({
  attribute: z.string(),
  mode: MappingMode,
  from: z.string(),
  value: z.string().nullable(),
  /** Why no value could be made; the account's value is left alone then. */
  error: z.string().nullable(),
})
export type MappedAttribute = z.infer<typeof MappedAttribute>

export const testMapping = endpoint({
  method: 'GET',
  path: '/connections/{id}/mapping/test',
  summary: 'What the mapping makes of a person, attribute by attribute; nothing is written',
  access: 'auditor',
  query: z.strictObject({ user: z.string().min(1).max(64) }),
  answers: { 200: z.object({ items: z.array(MappedAttribute) }) },
  problems: ['connection_not_found', 'user_not_found'],
})
