import { checkPassword } from '../domain/password-policy.ts'
import { Problem } from '../domain/problem.ts'
import type { Secret } from '../domain/secret.ts'
import { type CredentialRow, openHash, openHistory } from '../store/credentials.ts'
import type { UserRow } from '../store/users.ts'
import type { Context } from './context.ts'

/** Problem `password_too_weak`, with a sentence for each rule that is broken. No hash is computed for a weak one. */
export async function assertAcceptable(
  context: Context,
  password: Secret,
  person: Pick<UserRow, 'email' | 'display_name' | 'given_name' | 'family_name'>,
  credential: CredentialRow | undefined,
): Promise<void> {
  const owner = {
    names: [person.display_name, person.given_name ?? '', person.family_name ?? ''],
    email: person.email,
  }
  const given = { policy: context.settings.passwordPolicy, person: owner }
  refuseBroken(checkPassword(password.reveal(), given))
  if (credential === undefined) return
  const former = [openHash(context.vault, credential), ...openHistory(context.vault, credential)]
  for (const phc of former) {
    if (await context.hasher.verify(phc, password))
      refuseBroken(checkPassword(password.reveal(), { ...given, history: true }))
  }
}

function refuseBroken(results: ReturnType<typeof checkPassword>): void {
  const broken = results.filter(({ ok }) => !ok)
  if (broken.length === 0) return
  throw new Problem('password_too_weak', `Choose another password. ${broken.map((each) => each.sentence).join(' ')}`, {
    errors: broken.map(({ sentence }) => ({ path: 'password', message: sentence })),
  })
}
