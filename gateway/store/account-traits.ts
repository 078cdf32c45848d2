import { Email } from '@lockstep/shared/contract/user'
import type { Kysely } from 'kysely'
import type { ObservedAccount } from '../domain/account.ts'
import { termsOf } from '../domain/user.ts'
import type { Accounts, Database } from './schema.ts'

/** What the list of accounts asks for, as columns of its own. */
export function traitsOf(account: ObservedAccount): Pick<Accounts, 'licensed' | 'looks_shared' | 'odd_name'> {
  const shared = !account.enabled && account.licensed === false && account.mail !== null && !account.guest
  return {
    licensed: account.licensed ? 1 : 0,
    looks_shared: shared ? 1 : 0,
    odd_name: Email.safeParse(account.userPrincipalName).success ? 0 : 1,
  }
}

const wordsOf = ({ userPrincipalName, mail, attributes }: ObservedAccount): string[] =>
  termsOf({
    email: userPrincipalName,
    displayName: `${attributes.displayName ?? ''} ${mail ?? ''}`,
    givenName: attributes.givenName,
    familyName: attributes.familyName,
  })

/** Keeps what a search finds an account by; writes only where a word has come or gone. */
export async function putAccountTerms(
  trx: Kysely<Database>,
  connectionId: string,
  before: ObservedAccount | undefined,
  account: ObservedAccount,
): Promise<void> {
  const known = new Set(before === undefined ? [] : wordsOf(before))
  const terms = new Set(wordsOf(account))
  const gone = [...known].filter((term) => !terms.has(term))
  const come = [...terms].filter((term) => !known.has(term))
  if (gone.length > 0)
    await trx
      .deleteFrom('account_terms')
      .where('connection_id', '=', connectionId)
      .where('account_id', '=', account.id)
      .where('term', 'in', gone)
      .execute()
  if (come.length > 0)
    await trx
      .insertInto('account_terms')
      .values(come.map((term) => ({ connection_id: connectionId, term, account_id: account.id })))
      .onConflict((c) => c.doNothing())
      .execute()
}
