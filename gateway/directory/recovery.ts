import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { confirmRecovery, putRecovery } from '../store/recovery.ts'
import { newRecoveryKey } from '../store/recovery-key.ts'
import type { Context } from './context.ts'

type Keeper = Pick<Context, 'store' | 'vault' | 'runtime'>

/** Makes a recovery key, in place of one that was made before. It is not kept: what is returned can be read only now. */
export async function makeRecoveryKey({ store, vault, runtime }: Keeper, actor: Actor): Promise<string> {
  const { text, recipient } = newRecoveryKey(runtime)
  await store.change(actor, async (change) => {
    await putRecovery(change.trx, vault, recipient)
    change.event({ type: 'key_recovery_create' })
  })
  return text
}

/** Somebody has the recovery key and typed it in. Problem `recovery_key_wrong`. */
export async function confirmRecoveryKey({ store, vault }: Keeper, actor: Actor, text: string): Promise<void> {
  await store.change(actor, async (change) => {
    if (!(await confirmRecovery(change.trx, vault, text, change.now)))
      throw new Problem(
        'recovery_key_wrong',
        'This is not the recovery key that was made last. Check the letters, or make another one.',
      )
    change.event({ type: 'key_recovery_confirm' })
  })
}
