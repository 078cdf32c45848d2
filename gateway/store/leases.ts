import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/** Who may write to a tenant, until when, and in which epoch. */
export type Lease = { name: string; owner: string; untilAt: number; epoch: number }

/** Takes a lease that is free, has run out or is ours already; each taking raises the epoch. Undefined: another has it. */
export async function acquireLease(
  trx: Kysely<Database>,
  wanted: { name: string; owner: string; now: number; untilAt: number },
): Promise<Lease | undefined> {
  const row = await trx
    .insertInto('leases')
    .values({ name: wanted.name, owner: wanted.owner, until_at: wanted.untilAt, epoch: 1 })
    .onConflict((c) =>
      c
        .column('name')
        .doUpdateSet((e) => ({
          owner: e.ref('excluded.owner'),
          until_at: e.ref('excluded.until_at'),
          epoch: sql<number>`leases.epoch + 1`,
        }))
        .where((e) => e.or([e('leases.until_at', '<', wanted.now), e('leases.owner', '=', wanted.owner)])),
    )
    .returning('epoch')
    .executeTakeFirst()
  return row && { name: wanted.name, owner: wanted.owner, untilAt: wanted.untilAt, epoch: row.epoch }
}

/** Keeps a lease in its epoch. False when it was lost. */
export async function renewLease(trx: Kysely<Database>, lease: Lease, untilAt: number): Promise<boolean> {
  const result = await trx
    .updateTable('leases')
    .set({ until_at: untilAt })
    .where('name', '=', lease.name)
    .where('owner', '=', lease.owner)
    .where('epoch', '=', lease.epoch)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Whether results of this epoch may still be recorded. */
export async function holdsLease(db: Kysely<Database>, lease: Lease): Promise<boolean> {
  const row = await db
    .selectFrom('leases')
    .select('epoch')
    .where('name', '=', lease.name)
    .where('owner', '=', lease.owner)
    .where('epoch', '=', lease.epoch)
    .executeTakeFirst()
  return row !== undefined
}

/** Lets others take it at once; the epoch stays, so that it only ever rises. */
export async function releaseLease(trx: Kysely<Database>, lease: Lease): Promise<void> {
  await trx
    .updateTable('leases')
    .set({ until_at: 0, owner: '' })
    .where('name', '=', lease.name)
    .where('owner', '=', lease.owner)
    .where('epoch', '=', lease.epoch)
    .execute()
}
