import { checkPassword } from '../domain/password-policy.ts'
import { Problem } from '../domain/problem.ts'
import type { Secret } from '../domain/secret.ts'
import { type CredentialRow, openHash, openHistory } from '../store/credentials.ts'
import type { UserRow } from '../store/users.ts'
import type { Context } from './context.ts'

/** How many hashes of one person are compared at the same time: the others who change a password need a core, too. */
const lanes = 2

/**
 * The hash of a password that the policy accepts. Problem `password_too_weak`, with a sentence for each rule that is
 * broken: no hash is computed for a weak one, nor for the one in force where the person has just proved it (`current`).
 */
export async function acceptedHash(
  context: Context,
  password: Secret,
  person: Pick<UserRow, 'email' | 'display_name' | 'given_name' | 'family_name'>,
  credential: CredentialRow | undefined,
  current?: Secret,
): Promise<string> {
  const owner = {
    names: [person.display_name, person.given_name ?? '', person.family_name ?? ''],
    email: person.email,
  }
  const given = { policy: context.settings.passwordPolicy, person: owner }
  refuseBroken(checkPassword(password.reveal(), given))
  if (credential === undefined) return await context.hasher.hash(password)
  const former = openHistory(context.vault, credential)
  if (current === undefined) former.unshift(openHash(context.vault, credential))
  const refuseFormer = () => refuseBroken(checkPassword(password.reveal(), { ...given, history: true }))
  if (current?.reveal() === password.reveal()) refuseFormer()
  // Side by side: whoever changes a password waits for all of it.
  const [hash, isFormer] = await Promise.all([context.hasher.hash(password), matchesAny(context, former, password)])
  if (isFormer) refuseFormer()
  return hash
}

async function matchesAny({ hasher }: Context, former: readonly string[], password: Secret): Promise<boolean> {
  const open = [...former]
  let found = false
  const lane = async () => {
    for (let phc = open.shift(); phc !== undefined && !found; phc = open.shift()) {
      if (await hasher.verify(phc, password)) found = true
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return found
}

function refuseBroken(results: ReturnType<typeof checkPassword>): void {
  const broken = results.filter(({ ok }) => !ok)
  if (broken.length === 0) return
  throw new Problem('password_too_weak', `Choose another password. ${broken.map((each) => each.sentence).join(' ')}`, {
    errors: broken.map(({ sentence }) => ({ path: 'password', message: sentence })),
  })
}
