import type { ImportInput, ImportResult } from '@lockstep/shared/contract/connection'
import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Decision } from '../domain/import-decision.ts'
import { noLicences } from '../domain/licences.ts'
import { baselineOf } from '../domain/plan.ts'
import type { StoredAccount } from '../store/accounts.ts'
import { findBinding, updateBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { putImportLink } from '../store/import-links.ts'
import type { Change } from '../store/store.ts'
import { insertUser, type NewUser } from '../store/users.ts'
import type { SyncContext } from './context.ts'
import { settingsOf } from './following.ts'
import type { JobRun } from './jobs.ts'
import { desiredOf } from './load.ts'
import { putBinding } from './put-binding.ts'
import { hearsOfBinding, tellBound } from './tell-people.ts'

/** Makes true what was decided about one account; a dry run only tells it. */
export async function carryOut(
  context: SyncContext,
  change: Change,
  run: Pick<JobRun, 'id'>,
  connection: ConnectionRow,
  input: Pick<ImportInput, 'bind' | 'dryRun' | 'notify'>,
  stored: StoredAccount,
  decision: Decision,
): Promise<ImportResult> {
  const accountId = stored.account.id
  if (decision.result === 'skipped') return { accountId, ...decision }
  if (decision.result === 'conflict') {
    const [only, ...more] = decision.users
    const user = only !== undefined && more.length === 0 && { userId: only.id }
    return { accountId, result: 'conflict', reason: decision.reason, ...user }
  }
  const email = decision.result === 'imported' ? decision.email : decision.user.email
  const obstacle = input.bind ? whyNotBound(connection, email) : null
  const told = {
    ...reasonOf(decision.reason, obstacle),
    ...(obstacle !== null && { code: 'domain_not_in_connection' }),
  }
  const known = decision.result === 'linked' ? { userId: decision.user.id } : {}
  const answer: ImportResult = { accountId, ...known, result: decision.result, ...told }
  const binds =
    input.bind && obstacle === null && !(decision.result === 'linked' && (await isBound(change, connection, decision)))
  if (input.dryRun) {
    if (!binds) return answer
    const state = decision.result === 'imported' ? 'staged' : await stateOf(change, decision.user.id)
    return { ...answer, bound: true, mail: hearsOfBinding(connection, { state }, input.notify) }
  }
  const userId =
    decision.result === 'imported'
      ? await importPerson(context, change, run, connection, stored, decision.email)
      : await linkPerson(change, run, connection, accountId, decision)
  if (binds) await bindImported(context, change, run, connection, userId, stored, decision, input.notify)
  return { ...answer, userId, ...(binds && { bound: true }) }
}

async function stateOf({ trx }: Change, userId: string) {
  const { state } = await trx.selectFrom('users').select('state').where('id', '=', userId).executeTakeFirstOrThrow()
  return state
}

function reasonOf(...reasons: (string | null)[]) {
  const reason = reasons.filter((each) => each !== null).join(' ')
  return reason === '' ? {} : { reason }
}

function whyNotBound(connection: ConnectionRow, email: string): string | null {
  const domains = JSON.parse(connection.domains) as string[]
  const domain = email.slice(email.lastIndexOf('@') + 1)
  if (domains.some((each) => each.toLowerCase() === domain)) return null
  return `Not bound: ${domain} is not a domain of "${connection.name}" whose passwords we can set. Use one of ${domains.join(', ')}.`
}

async function isBound(
  { trx }: Change,
  connection: ConnectionRow,
  { user }: Extract<Decision, { result: 'linked' }>,
): Promise<boolean> {
  const binding = await findBinding(trx, connection.id, user.id)
  return binding !== undefined && binding.account_id !== null
}

/** The person as the account shows them; staged until activated. */
async function importPerson(
  context: SyncContext,
  change: Change,
  run: Pick<JobRun, 'id'>,
  connection: ConnectionRow,
  { account }: StoredAccount,
  email: string,
): Promise<string> {
  const { displayName, givenName, familyName, ...attributes } = account.attributes
  const kept = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null))
  const user: NewUser = {
    id: context.runtime.newId(),
    email,
    display_name: displayName ?? account.userPrincipalName,
    given_name: givenName,
    family_name: familyName,
    alternate_email: null,
    state: 'staged',
    role: null,
    attributes: JSON.stringify(kept),
    manager_id: null,
    created_at: change.now,
    updated_at: change.now,
  }
  await insertUser(change.trx, user)
  await putImportLink(change.trx, linkOf(change, run, connection, account.id, user.id))
  change.event({ type: 'import_user', user: user.id, connection: connection.id, account: account.id })
  return user.id
}

async function linkPerson(
  change: Change,
  run: Pick<JobRun, 'id'>,
  connection: ConnectionRow,
  accountId: AccountId,
  { user, held }: Extract<Decision, { result: 'linked' }>,
): Promise<string> {
  if (held) return user.id
  await putImportLink(change.trx, linkOf(change, run, connection, accountId, user.id))
  change.event({ type: 'import_link', user: user.id, connection: connection.id, account: accountId })
  return user.id
}

const linkOf = (
  change: Change,
  run: Pick<JobRun, 'id'>,
  connection: ConnectionRow,
  accountId: string,
  userId: string,
) => ({ connection_id: connection.id, account_id: accountId, user_id: userId, job_id: run.id, at: change.now })

async function bindImported(
  context: SyncContext,
  change: Change,
  run: Pick<JobRun, 'id'>,
  connection: ConnectionRow,
  userId: string,
  stored: StoredAccount,
  decision: Decision,
  notify: boolean | undefined,
): Promise<void> {
  const { trx } = change
  const user = await trx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirstOrThrow()
  await putBinding(context, trx, connection, user, { accountId: stored.account.id, named: false, jobId: run.id })
  if (hearsOfBinding(connection, user, notify)) await tellBound(context, change, user)
  const binding = await findBinding(trx, connection.id, userId)
  const equal = decision.result === 'imported' && decision.email === stored.account.userPrincipalName.toLowerCase()
  if (binding !== undefined && equal) {
    // Both sides are equal at this moment, so what differs later was changed by somebody.
    const desired = desiredOf(binding, user, settingsOf(connection), {
      passwordVersion: null,
      outOfScope: null,
      manager: null,
      licences: noLicences,
    })
    // Nobody has compared these yet.
    const modes = { ...desired.modes, passwordPolicies: 'ignore', manager: 'ignore' } as const
    await updateBinding(trx, binding, {
      baseline: JSON.stringify(baselineOf({ ...desired, modes }, [])),
      old_password: 'valid',
    })
  }
  const { id: connectionId } = connection
  change.event({
    type: 'binding_create',
    user: userId,
    connection: connectionId,
    account: stored.account.id,
    cause: 'import',
  })
}
