import type { AccountId } from '@lockstep/shared/contract/ids'
import { type BindingRow, blankBinding, findBinding, insertBinding, updateBinding } from '../store/bindings.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { takeFresh } from '../store/fresh-passwords.ts'
import { importedFrom } from '../store/import-links.ts'
import { putPending } from '../store/pending-passwords.ts'
import type { UserRow } from '../store/users.ts'
import type { SyncContext } from './context.ts'

/** Writes the row of a new, renewed or returning binding. */
export async function putBinding(
  context: SyncContext,
  trx: Parameters<typeof insertBinding>[0],
  connection: ConnectionRow,
  user: UserRow,
  input: {
    accountId: AccountId | null
    named: boolean
    /** The job that asks for it, by which it can be undone. */
    jobId?: string
    enable?: boolean
    attributes?: 'fill_empty' | 'ours_win'
    override?: readonly string[] | undefined
  },
): Promise<void> {
  const now = context.runtime.now()
  const key = { connection_id: connection.id, user_id: user.id }
  const credential = await trx
    .selectFrom('user_credentials')
    .select('version')
    .where('user_id', '=', user.id)
    .executeTakeFirst()
  // Whoever was imported under another address would match nothing.
  const accountId = input.accountId ?? (await importedFrom(trx, connection.id, user.id)) ?? null
  const row: BindingRow = {
    ...blankBinding({ ...key, created_at: now }),
    account_id: accountId,
    attributes_mode: input.attributes ?? 'fill_empty',
    named: input.named ? 1 : 0,
    override_protected: input.override?.includes('protected') ? 1 : 0,
    enable: input.enable ? 1 : 0,
    job_id: input.jobId ?? null,
    password_state: credential === undefined ? 'none' : 'awaiting_login',
  }
  const version = credential?.version ?? 0
  // Accounts of people who may not sign in here get no password of theirs.
  const fresh = user.state === 'active' ? await takeFresh(trx, context.vault, user.id, version) : null
  if (fresh !== null) row.password_state = 'pending'
  const before = await findBinding(trx, connection.id, user.id)
  if (before === undefined) await insertBinding(trx, row)
  else await updateBinding(trx, key, { ...row, dirty: before.dirty + 1, created_at: before.created_at })
  if (fresh === null) return
  const to = { connectionId: connection.id, userId: user.id, tenantId: connection.tenant_id, accountId }
  await putPending(trx, context.vault, { ...to, version, password: fresh, proposed: false, now })
}

/** The binding ends once its account is blocked, or at once when it is kept. */
export async function markLeaving(
  trx: Parameters<typeof updateBinding>[0],
  binding: BindingRow,
  account: 'block' | 'keep',
  more: { named?: boolean; jobId?: string } = {},
): Promise<void> {
  await trx
    .deleteFrom('pending_passwords')
    .where('connection_id', '=', binding.connection_id)
    .where('user_id', '=', binding.user_id)
    .execute()
  await updateBinding(trx, binding, {
    state: 'unbinding',
    unbind: account,
    named: more.named ? 1 : 0,
    error: null,
    job_id: more.jobId ?? null,
    dirty: binding.dirty + 1,
    attempt: 0,
    next_attempt_at: null,
  })
}
