import type { AttributesInput } from '@lockstep/shared/contract/attributes'
import type { Kysely } from 'kysely'
import { Problem } from '../domain/problem.ts'
import type { PersonValues } from '../domain/user.ts'
import type { Database } from '../store/schema.ts'
import { findUser, type UserRow, userAttributes } from '../store/users.ts'

/** Attributes as columns: null clears, absent leaves, an empty text is nothing. */
export function columnsOf(
  before: PersonValues,
  input: AttributesInput,
): Partial<Pick<UserRow, 'attributes' | 'manager_id'>> {
  const { manager, ...given } = input
  const merged: PersonValues = { ...before }
  for (const [name, value] of Object.entries(given)) if (value !== undefined) merged[name] = value || null
  const held = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
  return { attributes: JSON.stringify(held), ...(manager !== undefined && { manager_id: manager || null }) }
}

/** All that an event tells about a person. */
export function personValues(user: UserRow): PersonValues {
  return {
    ...userAttributes(user),
    email: user.email,
    alternateEmail: user.alternate_email,
    manager: user.manager_id,
    state: user.state,
  }
}

/** Problem `validation_failed` when the manager is nobody, or the person. */
export async function assertManager(db: Kysely<Database>, userId: string, managerId: string | null): Promise<void> {
  if (managerId === null) return
  if (managerId !== userId && (await findUser(db, managerId)) !== undefined) return
  throw new Problem('validation_failed', 'Give the id of another person as manager, or null.', {
    errors: [{ path: 'attributes.manager', message: 'Nobody else has this id.' }],
  })
}
