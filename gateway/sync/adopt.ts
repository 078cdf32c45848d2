import { UpdateUser } from '@lockstep/shared/contract/user'
import type { Kysely } from 'kysely'
import type { Tracked } from '../domain/operation.ts'
import { Problem } from '../domain/problem.ts'
import { bindingOfAccount } from '../store/bindings.ts'
import type { Database } from '../store/schema.ts'

type Theirs = { attribute: Tracked | 'licence'; theirs: string | null }

/** How long passwords live is a setting of the connection, and licences follow from groups; everything else is a person's. */
export const isAdoptable = ({ attribute }: Theirs): boolean =>
  attribute !== 'passwordPolicies' && attribute !== 'licence'

/**
 * The account's values as a change of the person; what the directory does not take is refused before anything changes.
 * Problems `validation_failed`, `not_adoptable`.
 */
export async function adopted(
  db: Kysely<Database>,
  connectionId: string,
  entries: readonly Theirs[],
): Promise<UpdateUser> {
  const values: Record<string, unknown> = {}
  const attributes: Record<string, string | null> = {}
  for (const entry of entries) {
    const { attribute, theirs } = entry
    if (attribute === 'licence')
      throw notAdoptable('A group of the person gives the licence: take the person out of the group to go without it.')
    if (!isAdoptable(entry)) throw notAdoptable('Whether passwords expire at Microsoft is a setting of the connection.')
    if (attribute === 'userPrincipalName') values['email'] = theirs
    else if (attribute === 'displayName' || attribute === 'givenName' || attribute === 'familyName')
      values[attribute] = theirs
    else attributes[attribute] = attribute === 'manager' ? await managerOf(db, connectionId, theirs) : theirs
  }
  const parsed = UpdateUser.safeParse({ ...values, ...(Object.keys(attributes).length > 0 && { attributes }) })
  if (parsed.success) return parsed.data
  throw new Problem(
    'validation_failed',
    'A value of the account is none that a person can have here. Correct it at Microsoft, or repair it to ours.',
    { errors: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) },
  )
}

/** Who the manager in the tenant is here. */
async function managerOf(db: Kysely<Database>, connectionId: string, accountId: string | null): Promise<string | null> {
  if (accountId === null) return null
  const binding = await bindingOfAccount(db, connectionId, accountId)
  if (binding !== undefined) return binding.user_id
  throw notAdoptable('The manager in Microsoft 365 is nobody who is bound here; bind that person first.')
}

const notAdoptable = (why: string) =>
  new Problem('not_adoptable', `${why} Or repair the account to what the directory says.`)
