import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { system } from '../domain/actor.ts'
import type { Runtime } from '../domain/runtime.ts'
import type { Database } from './schema.ts'
import type { Store } from './store.ts'

const Payload = z.record(z.string(), z.unknown())
type Payload = z.infer<typeof Payload>

/** Begins what stands for an id that only its hash is known of. No token begins like it: theirs are base64url. */
const hashed = 'sha256:'
const hashOf = (id: string) => createHash('sha256').update(id).digest('hex')
/** What the provider hands back of an entry that it found by something else than its id. */
const keyOf = (id: string) => (id.startsWith(hashed) ? id.slice(hashed.length) : hashOf(id))

/**
 * What the OpenID provider asks of its adapter. Entries that have ended are not found. An id is a token most of the time,
 * so that neither it nor the code that a person types is stored, only their hashes.
 */
export class OauthEntries {
  readonly #store: Store
  readonly #runtime: Pick<Runtime, 'now'>
  readonly #model: string
  constructor(store: Store, runtime: Pick<Runtime, 'now'>, model: string) {
    this.#store = store
    this.#runtime = runtime
    this.#model = model
  }

  /** `expiresIn` in seconds; without it the entry never ends. */
  async upsert(id: string, payload: object, expiresIn?: number): Promise<void> {
    const { jti: _, userCode, ...given } = Payload.parse(JSON.parse(JSON.stringify(payload)))
    const text = (key: string) => (typeof given[key] === 'string' ? given[key] : null)
    const values = {
      payload: JSON.stringify(given),
      grant_id: text('grantId'),
      user_code: typeof userCode === 'string' ? hashOf(userCode) : null,
      uid: text('uid'),
      user_id: text('accountId'),
      ends_at: expiresIn === undefined ? null : this.#runtime.now() + expiresIn * 1_000,
    }
    await this.#write(async (trx) => {
      await trx
        .insertInto('oauth_entries')
        .values({ model: this.#model, id: keyOf(id), ...values })
        .onConflict((c) => c.columns(['model', 'id']).doUpdateSet(values))
        .execute()
    })
  }

  async find(id: string): Promise<Payload | undefined> {
    const found = await this.#find('id', hashOf(id))
    return found && { ...found.payload, jti: id }
  }

  async findByUserCode(userCode: string): Promise<Payload | undefined> {
    const found = await this.#find('user_code', hashOf(userCode))
    return found && { ...found.payload, jti: hashed + found.id, userCode }
  }

  async findByUid(uid: string): Promise<Payload | undefined> {
    const found = await this.#find('uid', uid)
    return found && { ...found.payload, jti: hashed + found.id }
  }

  /** Marks an entry as used; the first use counts. */
  async consume(id: string): Promise<void> {
    await this.#write(async (trx) => {
      const row = await trx
        .selectFrom('oauth_entries')
        .select('payload')
        .where('model', '=', this.#model)
        .where('id', '=', keyOf(id))
        .executeTakeFirst()
      if (row === undefined) return
      const payload = Payload.parse(JSON.parse(row.payload))
      payload['consumed'] ??= Math.floor(this.#runtime.now() / 1_000)
      await trx
        .updateTable('oauth_entries')
        .set({ payload: JSON.stringify(payload) })
        .where('model', '=', this.#model)
        .where('id', '=', keyOf(id))
        .execute()
    })
  }

  async destroy(id: string): Promise<void> {
    await this.#write(async (trx) => {
      await trx.deleteFrom('oauth_entries').where('model', '=', this.#model).where('id', '=', keyOf(id)).execute()
    })
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#write(async (trx) => {
      await trx.deleteFrom('oauth_entries').where('grant_id', '=', grantId).execute()
    })
  }

  async #find(column: 'id' | 'user_code' | 'uid', value: string) {
    const row = await this.#store.db
      .selectFrom('oauth_entries')
      .select(['id', 'payload', 'ends_at'])
      .where('model', '=', this.#model)
      .where(column, '=', value)
      .executeTakeFirst()
    if (row === undefined || (row.ends_at !== null && row.ends_at <= this.#runtime.now())) return undefined
    return { id: row.id, payload: Payload.parse(JSON.parse(row.payload)) }
  }

  async #write(run: (trx: Kysely<Database>) => Promise<void>): Promise<void> {
    await this.#store.change(system, async (change) => {
      change.quiet('the provider keeps its own records')
      await run(change.trx)
    })
  }
}

export async function deleteEndedEntries(trx: Kysely<Database>, now: number): Promise<void> {
  await trx.deleteFrom('oauth_entries').where('ends_at', '<=', now).execute()
}
