import { createHash } from 'node:crypto'
import type { Role } from '@lockstep/shared/contract/user'
import { z } from 'zod'
import { type Actor, system } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { deleteToken, findTokenByHash, insertToken, listTokens, type TokenRow, touchToken } from '../store/tokens.ts'
import type { Context } from './context.ts'

/** Longest life of a token, and what it has unless told otherwise, in ms. */
const longestLifeMs = 90 * 86_400_000
const seenEveryMs = 60_000
const rank: Record<Role, number> = { auditor: 1, helpdesk: 2, admin: 3 }
const Allow = z.array(z.string())

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
/** Tells a mistyped or cut token from a foreign one without asking the database. */
const checksum = (body: string) => sha256(`lks_${body}`).slice(0, 6)

/** `lks_…` is said once and not stored. Problem `forbidden` for a role above the maker's. */
export async function createToken(
  { store, runtime }: Context,
  actor: Actor,
  input: { name: string; role: Role; allow?: readonly string[]; lifeMs?: number },
): Promise<{ token: string; id: string; endsAt: number }> {
  assertMayGive(actor, input.role)
  const body = Buffer.from(runtime.randomBytes(32)).toString('base64url')
  const token = `lks_${body}${checksum(body)}`
  const id = runtime.newId()
  const endsAt = runtime.now() + Math.min(input.lifeMs ?? longestLifeMs, longestLifeMs)
  await store.change(actor, async (change) => {
    await insertToken(change.trx, {
      id,
      name: input.name,
      role: input.role,
      hash: sha256(token),
      allow: JSON.stringify(input.allow ?? []),
      created_at: change.now,
      ends_at: endsAt,
      used_at: null,
    })
    const rights = (input.allow ?? []).join(', ')
    change.event({
      type: 'admin_token_create',
      detail: `Token "${input.name}" with the role ${input.role}${rights ? ` and the rights ${rights}` : ''}.`,
    })
  })
  return { token, id, endsAt }
}

function assertMayGive(actor: Actor, role: Role): void {
  if (actor.kind === 'cli' || actor.kind === 'system') return
  if (actor.role !== null && rank[actor.role] >= rank[role]) return
  throw new Problem('forbidden', 'A token cannot have more rights than whoever makes it.')
}

/** The actor behind a token; undefined when it is not ours, has ended or was revoked. */
export async function findToken({ store, runtime }: Context, token: string): Promise<Actor | undefined> {
  const body = token.slice(4, -6)
  if (!token.startsWith('lks_') || checksum(body) !== token.slice(-6)) return undefined
  const row = await findTokenByHash(store.db, sha256(token))
  const now = runtime.now()
  if (row === undefined || now >= row.ends_at) return undefined
  if (row.used_at === null || now - row.used_at >= seenEveryMs) {
    await store.change(system, async (change) => {
      change.quiet('a token was used')
      await touchToken(change.trx, row.id, now)
    })
  }
  return { kind: 'token', id: row.id, name: row.name, role: row.role, allow: Allow.parse(JSON.parse(row.allow)) }
}

export async function allTokens({ store }: Context): Promise<TokenRow[]> {
  return await listTokens(store.db)
}

/** Problem `token_not_found`. */
export async function revokeToken({ store }: Context, actor: Actor, id: string): Promise<void> {
  await store.change(actor, async (change) => {
    const row = await deleteToken(change.trx, id)
    if (row === undefined) throw new Problem('token_not_found', 'No token has this id. List the tokens to find it.')
    change.event({ type: 'admin_token_revoke', detail: `Token "${row.name}".` })
  })
}
