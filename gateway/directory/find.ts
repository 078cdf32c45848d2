import type { Kysely } from 'kysely'
import { Problem } from '../domain/problem.ts'
import type { Database } from '../store/schema.ts'
import { countOtherAdmins, findUser, type UserRow } from '../store/users.ts'

/** Problem `user_not_found`. */
export async function userOrProblem(db: Kysely<Database>, id: string): Promise<UserRow> {
  const user = await findUser(db, id)
  if (user === undefined)
    throw new Problem('user_not_found', 'Nobody has this id. Search for the person by name or email.')
  return user
}

/** Problem `user_is_last_admin`: somebody has to be left who can administer. */
export async function assertAdminRemains(db: Kysely<Database>, user: UserRow): Promise<void> {
  if (user.role !== 'admin' || user.state !== 'active') return
  if ((await countOtherAdmins(db, user.id)) > 0) return
  throw new Problem(
    'user_is_last_admin',
    'Nobody else is an administrator. Make another person administrator first: lockstep admin create.',
  )
}

/** Problem `email_taken` instead of the database's own refusal. */
export const emailTaken = (email: string) =>
  new Problem('email_taken', `${email} belongs to somebody else. Search for that person, or use another address.`)
