import type { PreflightCheck } from '@lockstep/shared/contract/connection'
import { z } from 'zod'
import { attempt, check, refusedCheck, someOf } from './preflight-check.ts'
import { parsed, type Reader } from './reader.ts'

const Account = z.looseObject({
  userPrincipalName: z.string().nullish(),
  mail: z.string().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  onPremisesImmutableId: z.string().nullish(),
})
type Account = z.infer<typeof Account>

/** A person waits: this much is looked at, and the rest is said to be more. */
const mostPages = 5
const url = '/users?$select=id,userPrincipalName,mail,onPremisesSyncEnabled,onPremisesImmutableId&$top=999'

/** Whether accounts can be read, and who else has a hand in them. */
export async function accountChecks(reader: Reader, syncEnabled: boolean): Promise<PreflightCheck[]> {
  const read = await attempt(() => readSome(reader))
  if (read.value === null)
    return [refusedCheck('read_users', 'error', read.refused, 'read accounts', 'User.ReadWrite.All')]
  const { accounts, complete } = read.value
  const among = complete ? '' : ` among the first ${accounts.length}`
  return [
    check('read_users', 'error', true, 'Accounts can be read.', null),
    directorySyncCheck(syncEnabled, accounts.filter((each) => each.onPremisesSyncEnabled === true).length, among),
    addressIdCheck(accounts.filter(isNamedByAddress), among),
  ]
}

async function readSome(reader: Reader): Promise<{ accounts: Account[]; complete: boolean }> {
  const accounts: Account[] = []
  let pages = 0
  for await (const page of reader.pages(url)) {
    if (pages++ === mostPages) return { accounts, complete: false }
    accounts.push(...page.map((item) => parsed(Account, item, url)))
  }
  return { accounts, complete: true }
}

function directorySyncCheck(enabled: boolean, synced: number, among: string): PreflightCheck {
  const whole = enabled ? 'The tenant is synced from on-premises Active Directory' : ''
  const some = `${synced} ${synced === 1 ? 'account is' : 'accounts are'} mastered in on-premises Active Directory${among}`
  const none = !enabled && synced === 0
  return check(
    'directory_sync',
    'warning',
    none,
    none ? 'Nothing is synced from on-premises Active Directory.' : `${[whole, some].filter(Boolean).join(': ')}.`,
    'These accounts are shown and left alone. Change them in Active Directory, or end the sync for those that Lockstep is to look after.',
  )
}

/** Google Workspace takes the address as immutable id when it signs people in to Microsoft 365. */
const isNamedByAddress = ({ onPremisesImmutableId: id, userPrincipalName, mail }: Account) =>
  id != null && [userPrincipalName, mail].some((name) => name?.toLowerCase() === id.toLowerCase())

function addressIdCheck(found: readonly Account[], among: string): PreflightCheck {
  const names = found.map(({ userPrincipalName, mail }) => userPrincipalName ?? mail ?? '')
  return check(
    'address_as_immutable_id',
    'warning',
    found.length === 0,
    found.length === 0
      ? 'No account has its address as immutable id.'
      : `${found.length} ${found.length === 1 ? 'account has its' : 'accounts have their'} address as immutable id${among}, as Google Workspace sets it: ${someOf(names)}.`,
    'Lockstep leaves these ids as they are. If Google Workspace also provisions these accounts, end that before you bind them, so that only one of the two changes them.',
  )
}
