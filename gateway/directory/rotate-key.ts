import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { type KeySource, makeKeyFile } from '../store/instance-key.ts'
import { dropStaged, promotePrivate, stagePrivate } from '../store/private-file.ts'
import { type Resealed, resealAll } from '../store/reseal.ts'
import type { Context } from './context.ts'

type Keeper = Pick<Context, 'store' | 'vault' | 'runtime'>

/**
 * Another instance key takes the place of the one of now: all that it has sealed is sealed anew in one transaction. Stopped
 * at any moment, the store and one of the files `instance.key` and `instance.key.next` belong together, and the next start
 * finds out which. Problem `key_kept_elsewhere` when the key is not in a file.
 */
export async function rotateKey(context: Keeper, actor: Actor, source: KeySource): Promise<Resealed> {
  if (!('file' in source))
    throw new Problem(
      'key_kept_elsewhere',
      'The key comes from the environment or a command, so only you can put another one there. Stop the gateway and run "lockstep key rotate --to FILE": FILE then holds the new key.',
    )
  const key = context.runtime.randomBytes(32)
  stagePrivate(source.file, key)
  let resealed: Resealed
  try {
    resealed = await sealAnew(context, actor, key)
  } catch (error) {
    dropStaged(source.file)
    throw error
  }
  promotePrivate(source.file)
  return resealed
}

/** As rotateKey, with the key in another file, which is made where it is missing; whoever starts the gateway names it. */
export async function rotateKeyTo(context: Keeper, actor: Actor, file: string): Promise<Resealed> {
  return await sealAnew(context, actor, makeKeyFile(file, context.runtime))
}

async function sealAnew({ store, vault }: Keeper, actor: Actor, key: Uint8Array): Promise<Resealed> {
  let undo = () => {}
  try {
    return await store.change(actor, async (change) => {
      undo = vault.rekey(key)
      const resealed = await resealAll(change.trx, vault)
      const { unreadable } = resealed
      change.event({
        type: 'key_rotate',
        detail: `${resealed.resealed} values were sealed anew${unreadable > 0 ? `, ${unreadable} could not be opened and were left` : ''}.`,
      })
      return resealed
    })
  } catch (error) {
    undo()
    throw error
  }
}
