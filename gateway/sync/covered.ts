import type { Change } from '../store/store.ts'
import type { Unit } from './load.ts'

/** Takes back as many marks as the plan has seen; what was marked meanwhile stays. */
export async function covered(change: Change, unit: Unit): Promise<void> {
  await change.trx
    .updateTable('bindings')
    .set((e) => ({ dirty: e('dirty', '-', unit.binding.dirty) }))
    .where('connection_id', '=', unit.binding.connection_id)
    .where('user_id', '=', unit.binding.user_id)
    .execute()
}
