import type { CreateUser, Role } from '@lockstep/shared/contract/user'
import type { Actor } from '../domain/actor.ts'
import { readPasswordHash } from '../domain/password-hash.ts'
import { Problem } from '../domain/problem.ts'
import { Secret } from '../domain/secret.ts'
import { changesBetween, displayNameOf } from '../domain/user.ts'
import { commitCredential } from '../store/credentials.ts'
import { putFresh } from '../store/fresh-passwords.ts'
import { insertUser, type NewUser, type UserRow } from '../store/users.ts'
import { isUniqueViolation } from '../store/violation.ts'
import { assertAcceptable } from './assert-acceptable.ts'
import { carryOut } from './carry-out.ts'
import type { Context } from './context.ts'
import { emailTaken, userOrProblem } from './find.ts'
import { assertManager, columnsOf, personValues } from './person.ts'
import { stepOrProblem } from './state.ts'

/** Problems `email_taken`, `password_too_weak`, `validation_failed` (manager), `busy`. */
export async function createUser(
  context: Context,
  actor: Actor,
  input: CreateUser,
  role: Role | null = null,
): Promise<UserRow> {
  const { store, runtime, vault, hasher } = context
  const now = runtime.now()
  const user: NewUser = {
    id: runtime.newId(),
    email: input.email,
    display_name: input.displayName ?? displayNameOf(noUndefined(input)),
    given_name: input.givenName ?? null,
    family_name: input.familyName ?? null,
    alternate_email: input.alternateEmail ?? null,
    state: input.state,
    role,
    attributes: '{}',
    manager_id: null,
    created_at: now,
    updated_at: now,
    ...columnsOf({}, input.attributes ?? {}),
  }
  let hash = input.passwordHash === undefined ? undefined : foreignHash(input)
  if (input.initialPassword !== undefined) {
    const password = new Secret(input.initialPassword)
    await assertAcceptable(context, password, user, undefined)
    hash = await hasher.hash(password)
  }
  try {
    return await store.change(actor, async (change) => {
      await assertManager(change.trx, user.id, user.manager_id)
      await insertUser(change.trx, user)
      if (hash !== undefined) {
        const wrappedHash = vault.wrapHash(hash, { userId: user.id, version: 1 })
        const first = { userId: user.id, expected: 0, version: 1, wrappedHash, mustChange: false, changedAt: now }
        await commitCredential(change.trx, first)
      }
      if (input.initialPassword !== undefined) {
        const password = new Secret(input.initialPassword)
        await putFresh(change.trx, vault, { userId: user.id, version: 1, password, now: change.now })
      }
      const stored = await userOrProblem(change.trx, user.id)
      const password = hash === undefined ? 'none' : 'set'
      const asked = { act: 'create', state: input.state, password, mail: input.sendMail } as const
      const step = stepOrProblem(user, { state: 'none', password: 'none', bound: false }, asked)
      await carryOut(context, change, stored, step, { changes: changesBetween({}, personValues(stored)) })
      if (role !== null)
        change.event({
          type: 'admin_role_grant',
          user: user.id,
          changes: [{ attribute: 'role', before: null, after: role }],
        })
      return stored
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw emailTaken(input.email)
    throw error
  }
}

/** Problem `validation_failed` when it cannot be taken over; the hash itself is not repeated. */
function foreignHash({ passwordHash = '', initialPassword }: CreateUser): string {
  const read = readPasswordHash(passwordHash)
  const both = initialPassword !== undefined
  if (!both && 'kind' in read) return passwordHash
  const sentence = 'refused' in read ? read.refused : 'Give a password or the hash of one, not both.'
  throw new Problem('validation_failed', sentence, { errors: [{ path: 'passwordHash', message: sentence }] })
}

const noUndefined = (input: CreateUser) => ({
  email: input.email,
  givenName: input.givenName ?? null,
  familyName: input.familyName ?? null,
})
