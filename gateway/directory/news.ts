import type { Actor } from '../domain/actor.ts'
import { noteTold } from '../store/news.ts'
import type { Context } from './context.ts'

/** The person has read that Microsoft 365 has the password of here: it is not said again. */
export async function newsSeen({ store }: Context, actor: Actor, userId: string): Promise<void> {
  await store.change(actor, async (change) => {
    change.quiet('a person has read the news')
    await noteTold(change.trx, userId, change.now)
  })
}
