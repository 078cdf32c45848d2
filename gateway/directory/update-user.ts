import type { UpdateUser } from '@lockstep/shared/contract/user'
import { z } from 'zod'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { changesBetween, type PersonValues } from '../domain/user.ts'
import { bindingsOfUser } from '../store/bindings.ts'
import { findConnection } from '../store/connections.ts'
import { deleteLinksOf } from '../store/links.ts'
import type { Change } from '../store/store.ts'
import { type UserRow, updateUser as updateRow } from '../store/users.ts'
import { isUniqueViolation } from '../store/violation.ts'
import type { Context } from './context.ts'
import { emailTaken, userOrProblem } from './find.ts'
import { markDirty } from './mark-dirty.ts'
import { assertManager, columnsOf, personValues } from './person.ts'

/** Problems `user_not_found`, `email_taken`, `domain_not_in_connection`, `validation_failed` (manager). */
export async function updateUser(
  { store }: Context,
  actor: Actor,
  input: { userId: string; values: UpdateUser },
): Promise<UserRow> {
  const { values } = input
  try {
    return await store.change(actor, async (change) => {
      const before = await userOrProblem(change.trx, input.userId)
      const wanted: Partial<UserRow> = {
        ...(values.email !== undefined && { email: values.email }),
        ...(values.displayName !== undefined && { display_name: values.displayName }),
        ...(values.givenName !== undefined && { given_name: values.givenName || null }),
        ...(values.familyName !== undefined && { family_name: values.familyName || null }),
        ...(values.alternateEmail !== undefined && { alternate_email: values.alternateEmail }),
        ...(values.attributes !== undefined &&
          columnsOf(JSON.parse(before.attributes) as PersonValues, values.attributes)),
      }
      const changes = changesBetween(personValues(before), personValues({ ...before, ...wanted }))
      if (changes.length === 0) return before
      await assertManager(change.trx, before.id, wanted.manager_id ?? null)
      if (wanted.email !== undefined && wanted.email !== before.email)
        await followEmail(change, before.id, wanted.email)
      const { name_lc: _, id: __, ...columns } = wanted
      await updateRow(change.trx, before.id, { ...columns, updated_at: change.now })
      await markDirty(change, before.id)
      change.event({ type: 'user_update', user: before.id, changes })
      return await userOrProblem(change.trx, before.id)
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw emailTaken(values.email ?? '')
    throw error
  }
}

const Domains = z.array(z.string())

/** A bound account takes the address as its own name, so its tenant has to own the domain. */
async function followEmail(change: Change, userId: string, email: string): Promise<void> {
  await deleteLinksOf(change.trx, userId)
  const domain = email.slice(email.lastIndexOf('@') + 1)
  for (const binding of await bindingsOfUser(change.trx, userId)) {
    const connection = await findConnection(change.trx, binding.connection_id)
    if (connection === undefined || connection.state === 'deactivated' || binding.state === 'unbinding') continue
    const domains = Domains.parse(JSON.parse(connection.domains))
    if (domains.some((each) => each.toLowerCase() === domain)) continue
    throw new Problem(
      'domain_not_in_connection',
      `The person is bound to ${connection.name}, which does not own ${domain}. Use one of ${domains.join(', ')}, or unbind first.`,
    )
  }
}
