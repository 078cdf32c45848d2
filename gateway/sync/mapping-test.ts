import { attributeNames } from '@lockstep/shared/contract/attributes'
import type { MappedAttribute } from '@lockstep/shared/contract/mapping'
import { compileMapping, valueFor } from '../domain/mapping.ts'
import { userAttributes } from '../store/users.ts'
import { requireUser } from './bind.ts'
import type { SyncContext } from './context.ts'
import { settingsOf } from './following.ts'
import { requireConnection } from './require-connection.ts'

/** What the mapping of a connection makes of a person, attribute by attribute. */
export async function testMapping(
  context: SyncContext,
  connectionId: string,
  userId: string,
): Promise<{ items: MappedAttribute[] }> {
  const { mapping } = settingsOf(await requireConnection(context, connectionId))
  const user = await requireUser(context, userId)
  const source = { email: user.email, attributes: userAttributes(user) }
  const compiled = compileMapping(mapping)
  const items = attributeNames.map((attribute) => {
    const { mode, template } = compiled[attribute]
    const made = valueFor(attribute, template, source)
    return {
      attribute,
      mode,
      from: mapping[attribute]?.from ?? `{${attribute}}`,
      value: made.ok ? made.value : null,
      error: made.ok ? null : made.detail,
    }
  })
  return { items }
}
