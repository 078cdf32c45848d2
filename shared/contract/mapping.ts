import { z } from 'zod'
import { type Attribute, attributeNames } from './attributes.ts'
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
export const Mapping = z.strictObject(
  Object.fromEntries(attributeNames.map((name) => [name, one.optional()])) as Record<
    Attribute,
    z.ZodOptional<typeof one>
  >,
)
export type Mapping = z.infer<typeof Mapping>
