import type { Updateable } from 'kysely'
import { updateBinding } from '../store/bindings.ts'
import { erasePending } from '../store/pending-passwords.ts'
import type { Bindings } from '../store/schema.ts'
import type { Change } from '../store/store.ts'
import { covered } from './covered.ts'
import type { Unit } from './load.ts'

/**
 * The connection is not for this person. What both sides agreed on stays known, so that a return pushes what changed here
 * meanwhile; the password is asked for again.
 */
export async function leaveAlone(change: Change, unit: Unit, licences: Updateable<Bindings>): Promise<void> {
  const { binding } = unit
  if (binding.state === 'out_of_scope') change.quiet('known already')
  else
    change.event({
      type: 'binding_out_of_scope',
      cause: 'left_scope',
      user: binding.user_id,
      connection: binding.connection_id,
      account: binding.account_id,
      detail: 'In none of the groups that the connection is for.',
    })
  await erasePending(change.trx, { connectionId: binding.connection_id, userId: binding.user_id })
  await updateBinding(change.trx, binding, {
    state: 'out_of_scope',
    attempt: 0,
    next_attempt_at: null,
    error: null,
    drift: '[]',
    recover: null,
    job_id: null,
    ...(binding.password_state !== 'none' && { password_state: 'awaiting_login', password_reason: null }),
    ...licences,
  })
  await covered(change, unit)
}
