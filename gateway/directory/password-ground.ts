import type { PasswordGround } from '../domain/password-policy.ts'
import { bindingsOfUser } from '../store/bindings.ts'
import { listConnections } from '../store/connections.ts'
import { countFactors } from '../store/factors.ts'
import type { UserRow } from '../store/users.ts'
import type { Context } from './context.ts'

type Owner = Pick<UserRow, 'id' | 'email' | 'display_name' | 'given_name' | 'family_name'>

/**
 * All that decides about a password of this person, besides the password: the organisation's policy, its words and those of
 * the tenants that the person is bound to, which Microsoft 365 refuses as well, and the person's own names.
 */
export async function groundOf({ store: { db }, settings }: Context, user: Owner): Promise<PasswordGround> {
  const { minLength, minLengthAlone = minLength, words } = settings.passwordPolicy
  const factors = (await countFactors(db, [user.id])).get(user.id)
  const alone = (factors?.totp ?? 0) + (factors?.passkeys ?? 0) === 0
  const bound = new Set((await bindingsOfUser(db, user.id)).map(({ connection_id }) => connection_id))
  const tenants = (await listConnections(db)).filter(({ id }) => bound.has(id))
  const named = [
    settings.organisation,
    ...tenants.flatMap(({ tenant_name, domains }) => [tenant_name, ...firstLabels(JSON.parse(domains) as string[])]),
  ]
  return {
    policy: {
      minLength: alone ? Math.max(minLength, minLengthAlone) : minLength,
      words: [...new Set([...words, ...named.flatMap((name) => name.split(/[^\p{L}\p{N}]+/u))])],
    },
    person: { names: [user.display_name, user.given_name ?? '', user.family_name ?? ''], email: user.email },
    looksUp: settings.breached !== null,
  }
}

const firstLabels = (domains: readonly string[]) => domains.map((domain) => domain.split('.', 1)[0] ?? '')
