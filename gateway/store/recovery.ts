import type { Kysely } from 'kysely'
import { z } from 'zod'
import { recoverySetting } from './peek.ts'
import { recipientOf } from './recovery-key.ts'
import type { Database } from './schema.ts'
import { putSetting, readSetting } from './settings.ts'
import type { Vault } from './vault.ts'

/** The instance key as only the recovery key opens it, and whether somebody has shown to have that. */
const Recovery = z.object({ recipient: z.string(), wrapped: z.string(), confirmedAt: z.number().nullable() })

export const isConfirmed = (recovery: string): boolean => Recovery.parse(JSON.parse(recovery)).confirmedAt !== null
export const wrappedIn = (recovery: string): string => Recovery.parse(JSON.parse(recovery)).wrapped

export async function putRecovery(trx: Kysely<Database>, vault: Vault, recipient: Uint8Array): Promise<void> {
  await write(trx, vault, { recipient: Buffer.from(recipient).toString('base64url'), confirmedAt: null })
}

/** Seals the key of now for whoever has the recovery key, if one was made. */
export async function renewRecovery(trx: Kysely<Database>, vault: Vault): Promise<void> {
  const recovery = await read(trx)
  if (recovery !== null) await write(trx, vault, recovery)
}

/** False when it is not the recovery key that was made last. */
export async function confirmRecovery(
  trx: Kysely<Database>,
  vault: Vault,
  text: string,
  now: number,
): Promise<boolean> {
  const recovery = await read(trx)
  const recipient = recipientOf(text)
  if (recovery === null || recipient === null) return false
  if (Buffer.from(recipient).toString('base64url') !== recovery.recipient) return false
  await write(trx, vault, { ...recovery, confirmedAt: now })
  return true
}

async function read(trx: Kysely<Database>): Promise<z.infer<typeof Recovery> | null> {
  const stored = await readSetting(trx, recoverySetting)
  return stored === undefined ? null : Recovery.parse(JSON.parse(stored))
}

async function write(
  trx: Kysely<Database>,
  vault: Vault,
  { recipient, confirmedAt }: Omit<z.infer<typeof Recovery>, 'wrapped'>,
): Promise<void> {
  const wrapped = vault.wrapKeyFor(Buffer.from(recipient, 'base64url'))
  await putSetting(trx, recoverySetting, JSON.stringify({ recipient, wrapped, confirmedAt }))
}
