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
import { recipientOf, tell } from './send-mails.ts'

/** Problems `user_not_found`, `email_taken`, `domain_not_in_connection`, `validation_failed` (manager). */
export async function updateUser(
  context: Context,
  actor: Actor,
  input: { userId: string; values: UpdateUser },
): Promise<UserRow> {
  const { values } = input
  try {
    return await context.store.change(actor, async (change) => {
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
      const user = await userOrProblem(change.trx, before.id)
      await followAddress(context, change, before, user)
      await markDirty(change, user.id)
      change.event({ type: 'user_update', user: user.id, changes })
      return user
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw emailTaken(values.email ?? '')
    throw error
  }
}

/** Links went where mails do not go any more; and both addresses are told, in case it was not the person who wanted it. */
async function followAddress(context: Context, change: Change, before: UserRow, after: UserRow): Promise<void> {
  if (before.email !== after.email || before.alternate_email !== after.alternate_email)
    await deleteLinksOf(change.trx, after.id)
  const [from, to] = [recipientOf(before), recipientOf(after)]
  if (from === to || after.state !== 'active') return
  const message = { kind: 'address_changed', values: { before: from, after: to } } as const
  for (const user of [before, after]) await tell(context, change.trx, { ...after, ...addressesOf(user) }, message)
}

const addressesOf = ({ email, alternate_email }: UserRow) => ({ email, alternate_email })

const Domains = z.array(z.string())

/** A bound account takes the address as its own name, so its tenant has to own the domain. */
async function followEmail(change: Change, userId: string, email: string): Promise<void> {
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
