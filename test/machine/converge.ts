import { system } from '@lockstep/gateway/domain/actor'
import { markUserDirty } from '@lockstep/gateway/store/bindings'
import { signIn } from '../practice-tenant/sign-in.ts'
import { untrueLicences } from './licences.ts'
import type { Model } from './model.ts'
import { admin, connectionId, type World } from './world.ts'

/** Within this many rounds everything has come right, or never will. */
const roundsAtMost = 12
const roundMs = 20 * 60_000

/** Mends what was broken on the way, lets the gateway work, and says what has not come right. */
export async function converge(world: World, model: Model): Promise<string[]> {
  const { state, witness } = world.practice
  state.faults = []
  state.lagMs = 0
  world.life.endAfter(Number.POSITIVE_INFINITY)
  await world.revive()
  await told(world, () => world.sync.resumeConnection(admin, connectionId))
  await told(world, () => world.sync.updateConnection(admin, connectionId, { settings: { mode: 'apply' } }))
  model.paused = false
  model.mode = 'apply'
  for (let round = 0; round < roundsAtMost; round++) {
    await world.pass(roundMs)
    await release(world, model)
    const open = await world.store.db.selectFrom('bindings').select('user_id').where('dirty', '>', 0).execute()
    if (open.length === 0) break
  }
  const wrong = await unfinished(world)
  const before = witness.writes.length
  await lookAtEverythingAnew(world)
  // What waits for a person is tried again whenever its account is seen anew.
  const waiting = await world.store.db
    .selectFrom('bindings')
    .select('account_id')
    .where('state', '=', 'failed')
    .execute()
  const again = witness.writes
    .slice(before)
    .filter(({ accountId }) => !waiting.some(({ account_id }) => account_id === accountId))
  if (again.length > 0)
    wrong.push(`planning again writes ${again.map(({ kind, accountId }) => `${kind} ${accountId}`).join(', ')}`)
  return [...wrong, ...(await untrue(world, model)), ...(await untrueLicences(world))]
}

async function told(world: World, work: () => Promise<unknown>): Promise<void> {
  const ended = await world.run(work)
  if (ended.kind === 'threw') throw ended.error
}

async function release(world: World, model: Model): Promise<void> {
  await world.run(async () => {
    const plan = await world.sync.getPlan(connectionId, {})
    if (plan.brake === null) return
    for (const { kind, userId } of plan.operations) {
      if (kind === 'provision') model.released.set(`create ${userId}`, Number.POSITIVE_INFINITY)
      if (kind === 'licence') model.released.set(`unlicence ${userId}`, Number.POSITIVE_INFINITY)
      if (kind === 'deprovision') model.released.set(`block ${userId}`, Number.POSITIVE_INFINITY)
    }
    await world.sync.approvePlan(admin, connectionId, plan.id)
  })
}

/** Nothing is on its way for ever. */
async function unfinished(world: World): Promise<string[]> {
  const { db } = world.store
  const wrong: string[] = []
  for (const row of await db.selectFrom('bindings').selectAll().execute()) {
    // What the tenant refuses for good waits for a person, and says so.
    const open = ['retrying', 'out_of_sync'].includes(row.state) || (row.state === 'unbinding' && row.error === null)
    if (open) wrong.push(`the binding of ${row.user_id} stays ${row.state} (${row.error})`)
  }
  for (const row of await db.selectFrom('jobs').selectAll().where('state', 'in', ['queued', 'running']).execute())
    wrong.push(`the job ${row.kind} stays ${row.state}`)
  for (const row of await db.selectFrom('password_proposals').selectAll().execute())
    wrong.push(`the password of ${row.user_id} stays undecided`)
  return wrong
}

async function lookAtEverythingAnew(world: World): Promise<void> {
  world.practice.state.deltaEpoch += 1
  await world.store.change(system, async (change) => {
    change.quiet('everything is planned again')
    const users = await change.trx.selectFrom('bindings').select('user_id').where('error', 'is', null).execute()
    for (const { user_id } of users) await markUserDirty(change.trx, user_id)
  })
  await world.pass(roundMs)
}

/** What stands as done is what the tenant shows. */
async function untrue(world: World, model: Model): Promise<string[]> {
  const { state, witness } = world.practice
  const wrong: string[] = []
  for (const row of await world.store.db.selectFrom('bindings').selectAll().where('state', '=', 'in_sync').execute()) {
    const person = model.people.get(row.user_id)
    const account = state.people.get(row.account_id ?? '')
    if (person === undefined || row.account_id === null) continue
    if (account === undefined || account.deletedAt !== null) {
      wrong.push(`${person.email} counts as bound to an account that is gone`)
      continue
    }
    const enabled = account.properties['accountEnabled'] === true
    if (person.state === 'suspended' && enabled) wrong.push(`${person.email} is suspended and can sign in`)
    const last = witness.presence.get(account.id)?.at(-1)
    if (person.state !== 'suspended' && !enabled && last?.by === 'us') wrong.push(`${person.email} stays blocked by us`)
    const lastSet = state.audits.findLast(
      ({ activity, targetId }) => activity === 'Reset password' && targetId === account.id,
    )
    const ours = row.password_state === 'in_sync' && lastSet?.by !== 'user'
    if (!ours || !enabled || person.password === null || person.state !== 'active') continue
    const entered = signIn(state, String(account.properties['userPrincipalName']), person.password)
    if (!entered.ok) wrong.push(`${person.email} cannot sign in with the password in force: ${entered.reason}`)
  }
  return wrong
}
