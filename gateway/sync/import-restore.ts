import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Actor } from '../domain/actor.ts'
import type { Outcome } from '../domain/failure.ts'
import { restoring } from '../domain/import-undo.ts'
import type { Change } from '../domain/operation.ts'
import { recordWrite } from '../store/accounts.ts'
import { bindingOfAccount } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { SyncContext } from './context.ts'
import { remember } from './observe.ts'
import { outcomeWord } from './record.ts'

type Restored = { changes: Change[]; leftAlone: string[]; failure: string | null }

/** Puts back what we wrote to the account since, as far as nobody else has written there. */
export async function putBack(
  context: SyncContext,
  actor: Actor,
  connection: ConnectionRow,
  { accountId, userId }: { accountId: AccountId; userId: string },
  written: Parameters<typeof restoring>[0],
): Promise<Restored> {
  const nothing: Restored = { changes: [], leftAlone: [], failure: null }
  if (written.length === 0) return nothing
  // Somebody else has the account by now and decides about it.
  if ((await bindingOfAccount(context.store.db, connection.id, accountId)) !== undefined) return nothing
  const tenant = context.tenants.of(connection)
  const account = (await tenant.readAccounts([accountId])).get(accountId)
  if (account === undefined) return nothing
  await remember(context, connection.id, [account])
  const { changes, leftAlone } = restoring(written, (attribute) =>
    attribute === 'userPrincipalName' ? account.userPrincipalName : account.attributes[attribute],
  )
  if (changes.length === 0) return { ...nothing, leftAlone }
  const eventId = context.runtime.newId()
  const values = Object.fromEntries(changes.map(({ attribute, after }) => [attribute, after]))
  let outcome: Outcome<unknown> = { kind: 'unknown', requestId: null, detail: 'No answer came.' }
  await tenant.writeAll([{ eventId, kind: 'update', accountId, changes: values }], 'bulk', (_, came) => {
    outcome = came
  })
  await record(context, actor, { connection, userId, accountId, eventId, changes }, outcome)
  return { changes, leftAlone, failure: failureOf(outcome) }
}

function failureOf(outcome: Outcome<unknown>): string | null {
  if (outcome.kind === 'done') return null
  return outcome.kind === 'failed'
    ? outcome.failure.detail
    : 'Nobody knows whether the account was put back. Undo again.'
}

type Sent = { connection: ConnectionRow; userId: string; accountId: AccountId; eventId: string; changes: Change[] }

async function record(
  context: SyncContext,
  actor: Actor,
  { connection, userId, accountId, eventId, changes }: Sent,
  outcome: Outcome<unknown>,
): Promise<void> {
  await context.store.change(actor, async (change) => {
    change.event({
      id: eventId,
      type: 'user_update_provision',
      outcome: outcomeWord(outcome),
      cause: 'import_undo',
      user: userId,
      connection: connection.id,
      account: accountId,
      changes,
      requestId: outcome.kind === 'failed' ? outcome.failure.requestId : outcome.requestId,
      detail: failureOf(outcome),
    })
    if (outcome.kind !== 'done') return
    const values = Object.fromEntries(changes.map(({ attribute, after }) => [attribute, after]))
    await recordWrite(change.trx, connection.id, accountId, values, change.now)
  })
}
