import type { TakeoverPreview } from '@lockstep/shared/contract/takeover'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { Problem } from '../domain/problem.ts'
import { type ConnectionRow, findConnection } from '../store/connections.ts'
import { membersAmong } from '../store/groups.ts'
import type { Database } from '../store/schema.ts'
import type { Context } from './context.ts'

const Settings = z.object({
  mode: z.enum(['observe', 'apply']).default('observe'),
  passwordTakeover: z.boolean().default(true),
  passwordTakeoverExcept: z.array(z.string()).default([]),
  signInReminders: z.array(z.number()).default([]),
})
type Takeover = Pick<z.infer<typeof Settings>, 'passwordTakeover' | 'passwordTakeoverExcept'>

/** Those among the people whose password goes to the connection at the sign-in already, not only when it is changed. */
export async function takenOver(
  db: Kysely<Database>,
  connection: Pick<ConnectionRow, 'settings'>,
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  return await among(db, Settings.parse(JSON.parse(connection.settings)), userIds)
}

async function among(
  db: Kysely<Database>,
  { passwordTakeover, passwordTakeoverExcept }: Takeover,
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (!passwordTakeover) return new Set()
  const except = await membersAmong(db, passwordTakeoverExcept, userIds)
  return new Set(userIds.filter((id) => !except.has(id)))
}

/**
 * Before anybody switches it: for how many people a sign-in would be enough, and how many would be reminded by mail that
 * theirs is awaited. Problem `connection_not_found`.
 */
export async function previewTakeover(
  { store: { db } }: Context,
  connectionId: string,
  wanted: { enabled: boolean; except: readonly string[] },
): Promise<TakeoverPreview> {
  const connection = await findConnection(db, connectionId)
  if (connection === undefined || connection.state === 'deactivated')
    throw new Problem('connection_not_found', 'There is no connection with this id. List the connections to find it.')
  const { mode, signInReminders } = Settings.parse(JSON.parse(connection.settings))
  const bound = await db
    .selectFrom('bindings')
    .innerJoin('users', 'users.id', 'bindings.user_id')
    .select(['user_id', 'password_state'])
    .where('connection_id', '=', connection.id)
    .where('unbind', 'is', null)
    .where('users.state', '=', 'active')
    .where('users.deleted_at', 'is', null)
    .execute()
  const settings = { passwordTakeover: wanted.enabled, passwordTakeoverExcept: [...wanted.except] }
  const people = bound.map(({ user_id }) => user_id)
  const atSignIn = await among(db, settings, people)
  const reminds = mode === 'apply' && signInReminders.length > 0
  const awaited = bound.filter(
    ({ user_id, password_state }) => password_state === 'awaiting_login' && atSignIn.has(user_id),
  )
  return {
    people: people.length,
    atSignIn: atSignIn.size,
    onChange: people.length - atSignIn.size,
    mails: reminds ? awaited.length : 0,
  }
}
