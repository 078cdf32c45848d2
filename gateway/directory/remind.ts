import type { Kysely } from 'kysely'
import { z } from 'zod'
import { system } from '../domain/actor.ts'
import { defaultReminders, dueReminder } from '../domain/reminder.ts'
import { type AwaitingRow, awaitingUnseen, noteAwaiting } from '../store/awaiting.ts'
import { updateBinding } from '../store/bindings.ts'
import { type ConnectionRow, listConnections } from '../store/connections.ts'
import type { Database } from '../store/schema.ts'
import type { Change } from '../store/store.ts'
import { findUser } from '../store/users.ts'
import type { Context } from './context.ts'
import { tell } from './send-mails.ts'
import { takenOver } from './takeover.ts'

/** How exact reminders are, in ms. */
const lookEveryMs = 3_600_000
const atOnce = 500

const Settings = z.object({
  mode: z.enum(['observe', 'apply']).default('observe'),
  signInReminders: z.array(z.number()).default([...defaultReminders]),
})

/**
 * Reminds people who are bound and have not signed in since: until then Microsoft 365 does not have their password. Each
 * gets one mail, however many connections wait; after the last one an event puts it before an administrator.
 */
export async function remindAwaiting(context: Context): Promise<void> {
  const { store, runtime } = context
  await store.change(system, async (change) => {
    change.quiet('since when sign-ins are awaited')
    await noteAwaiting(change.trx, change.now)
  })
  for (let more = true; more; ) {
    const unseen = await awaitingUnseen(store.db, runtime.now() - lookEveryMs, atOnce)
    more = unseen.length === atOnce
    if (unseen.length === 0) return
    const connections = await withTakeover(store.db, unseen)
    await store.change(system, async (change) => {
      change.quiet('nobody is due')
      const due = unseen.filter((row) => isDue(change, connections.get(row.connection_id), row))
      for (const userId of new Set(due.map(({ user_id }) => user_id))) await sendReminder(context, change, userId)
      for (const row of unseen) await updateBinding(change.trx, row, { awaiting_looked_at: change.now })
    })
  }
}

type Awaiting = ConnectionRow & { takenOver: ReadonlySet<string> }

/** Connections by id, with the people among these for whom a sign-in is enough. */
async function withTakeover(db: Kysely<Database>, rows: readonly AwaitingRow[]): Promise<Map<string, Awaiting>> {
  const found = new Map<string, Awaiting>()
  for (const connection of await listConnections(db)) {
    const people = rows.filter(({ connection_id }) => connection_id === connection.id).map(({ user_id }) => user_id)
    found.set(connection.id, { ...connection, takenOver: await takenOver(db, connection, people) })
  }
  return found
}

/** Tells of the reminder where one is due. */
function isDue(change: Change, connection: Awaiting | undefined, row: AwaitingRow): boolean {
  if (connection === undefined || !connection.takenOver.has(row.user_id)) return false
  const { mode, signInReminders } = Settings.parse(JSON.parse(connection.settings))
  if (mode === 'observe') return false
  const reminder = dueReminder(signInReminders, row, change.now)
  if (reminder === null) return false
  const days = `${reminder.days} ${reminder.days === 1 ? 'day' : 'days'}`
  change.event({
    type: 'password_remind',
    user: row.user_id,
    connection: row.connection_id,
    ...(reminder.last && { outcome: 'failure' }),
    detail: reminder.last
      ? `No sign-in to the portal in ${days}, and this was the last reminder: Microsoft 365 still has another password.`
      : `No sign-in to the portal in ${days}: a reminder was sent.`,
  })
  return true
}

async function sendReminder(context: Context, change: Change, userId: string): Promise<void> {
  const user = await findUser(change.trx, userId)
  if (user !== undefined) await tell(context, change.trx, user, { kind: 'reminder', values: {} })
}
