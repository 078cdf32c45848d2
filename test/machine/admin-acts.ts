import { activateUser } from '@lockstep/gateway/directory/activate-user'
import { changePassword } from '@lockstep/gateway/directory/change-password'
import { createUser } from '@lockstep/gateway/directory/create-user'
import { deleteUser } from '@lockstep/gateway/directory/delete-user'
import { tidyUp } from '@lockstep/gateway/directory/housekeeping'
import { resumeUser } from '@lockstep/gateway/directory/resume-user'
import { setPassword } from '@lockstep/gateway/directory/set-password'
import { signIn } from '@lockstep/gateway/directory/sign-in'
import { suspendUser } from '@lockstep/gateway/directory/suspend-user'
import { updateUser } from '@lockstep/gateway/directory/update-user'
import { Secret } from '@lockstep/gateway/domain/secret'
import { BindInput } from '@lockstep/shared/contract/binding'
import { ImportInput } from '@lockstep/shared/contract/connection'
import type { Job } from '@lockstep/shared/contract/job'
import { changeMembership } from './licences.ts'
import { type Model, newPassword, type Person } from './model.ts'
import type { Step } from './steps.ts'
import { admin, connectionId, type World } from './world.ts'

/** One act that the gateway acknowledges, with what has to be true from then on. */
export type Act = {
  run: () => Promise<unknown>
  /** The person whom it changes, and how. */
  person?: Person
  wanted?: Partial<Person>
  /** Anything else. Told what the act answered. */
  done?: (value: never) => void
}

const dayMs = 86_400_000
const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)]
export const poolAddress = (n: number) => `pool${n}@contoso.example`

/** What a step of an admin or a person comes to; null when nobody is there whom it could mean. */
export function actOf(world: World, model: Model, step: Step): Act | null {
  const { directory } = world
  const people = [...model.people.values()]
  const person = 'who' in step ? pick(people, step.who) : undefined
  switch (step.do) {
    case 'create_user':
      return creation(world, model, step)
    case 'pause':
      return { run: () => world.sync.pauseConnection(admin, connectionId), done: () => setPaused(model, true) }
    case 'resume_connection':
      return { run: () => world.sync.resumeConnection(admin, connectionId), done: () => setPaused(model, false) }
    case 'mode':
      return {
        run: () => world.sync.updateConnection(admin, connectionId, { settings: { mode: step.mode } }),
        done: () => {
          model.mode = step.mode
        },
      }
    case 'drift_policy':
      return {
        run: () => world.sync.updateConnection(admin, connectionId, { settings: { driftPolicy: step.policy } }),
        done: () => {
          model.driftPolicy = step.policy
        },
      }
    case 'approve':
      return { run: () => approve(world, model) }
    case 'sync':
      return { run: async () => finished(world, await world.sync.syncConnection(admin, connectionId)) }
    case 'bulk':
      return bulk(world, model, step)
    case 'import':
      return importing(world, model, step)
    case 'tidy':
      return { run: () => tidyUp(directory) }
  }
  if (person === undefined) return null
  const userId = person.id
  const ids = { connectionId, userId }
  const update = (wanted: Partial<Person>, values: Parameters<typeof updateUser>[2]['values']): Act => ({
    run: () => updateUser(directory, admin, { userId, values }),
    person,
    wanted,
  })
  switch (step.do) {
    case 'edit_user': {
      const value = `${step.field} ${step.n}`
      const values = step.field === 'displayName' ? { displayName: value } : { attributes: { [step.field]: value } }
      return update({ [step.field]: value }, values)
    }
    case 'clear_attribute':
      return update({ [step.field]: null }, { attributes: { [step.field]: null } })
    case 'change_email':
      return update({ email: poolAddress(step.n) }, { email: poolAddress(step.n) })
    case 'activate':
      return {
        run: () => activateUser(directory, admin, { userId, sendMail: false }),
        person,
        wanted: { state: 'active' },
      }
    case 'suspend':
      return { run: () => suspendUser(directory, admin, { userId }), person, wanted: { state: 'suspended' } }
    case 'resume':
      return { run: () => resumeUser(directory, admin, { userId }), person, wanted: { state: 'active' } }
    case 'delete_user':
      return {
        run: () => deleteUser(directory, admin, { userId, accounts: step.accounts }),
        person,
        done: () => model.people.delete(userId),
      }
    case 'bind':
      return binding(world, model, person, step)
    case 'unbind':
      return { run: () => world.sync.unbindUser(admin, ids, step.account), person, wanted: { binding: 'leaving' } }
    case 'sync_one':
      return { run: () => world.sync.syncBinding(admin, ids) }
    case 'licence_group':
      return { run: () => changeMembership(world, userId, step) }
    case 'set_password': {
      const password = newPassword(model, userId, step.banned)
      const input = { userId, password: new Secret(password), mustChange: false }
      return { run: () => setPassword(directory, admin, input), person, wanted: { password } }
    }
    case 'change_password': {
      if (person.password === null || person.state !== 'active') return null
      const password = newPassword(model, userId, step.banned)
      const input = {
        userId,
        currentPassword: new Secret(person.password),
        newPassword: new Secret(password),
        address: '192.0.2.7',
      }
      const self = { kind: 'user' as const, id: userId, name: person.displayName, role: null }
      return { run: () => changePassword(directory, self, input), person, wanted: { password } }
    }
    case 'sign_in': {
      const password = step.right && person.password !== null ? person.password : 'Zq7~Nobody-Has-This'
      const input = { email: person.email, password: new Secret(password), address: '192.0.2.7' }
      return { run: () => signIn(directory, null, input) }
    }
  }
  return null
}

function setPaused(model: Model, paused: boolean): void {
  model.paused = paused
}

function creation(world: World, model: Model, step: Extract<Step, { do: 'create_user' }>): Act {
  const accounts = [...world.practice.state.people.values()]
  const existing = pick(accounts, step.n)?.properties['userPrincipalName']
  const email = step.n % 3 === 0 ? String(existing).toLowerCase() : poolAddress(step.n)
  const password = step.password ? newPassword(model, '', false) : undefined
  const input = {
    email,
    displayName: `Person ${step.n}`,
    state: 'active' as const,
    sendMail: false,
    attributes: { jobTitle: 'Tester' },
    ...(password !== undefined && { initialPassword: password }),
  }
  const person: Person = {
    id: '',
    email,
    displayName: input.displayName,
    jobTitle: 'Tester',
    city: null,
    state: 'active',
    password: password ?? null,
    binding: 'none',
  }
  return {
    run: () => createUser(world.directory, admin, input),
    person,
    wanted: {},
    done: ({ id }: { id: string }) => meet(model, { ...person, id }),
  }
}

/** A person whom the directory holds from now on. */
export function meet(model: Model, person: Person): void {
  model.people.set(person.id, person)
  const own = person.password === null ? undefined : model.passwords.get(person.password)
  if (own !== undefined) own.userId = person.id
}

function binding(world: World, model: Model, person: Person, step: Extract<Step, { do: 'bind' }>): Act {
  const accounts = [...world.practice.state.people.keys()]
  const accountId = step.account === null ? undefined : pick(accounts, step.account)
  const input = {
    attributes: step.attributes,
    enable: step.enable,
    ...(step.override && { override: ['protected' as const] }),
    ...(accountId !== undefined && { accountId }),
  }
  if (step.enable) model.ticked.add(person.id)
  if (step.override) model.overridden.add(person.id)
  return {
    run: () => world.sync.bindUser(admin, { connectionId, userId: person.id }, BindInput.parse(input)),
    person,
    wanted: { binding: 'bound' },
  }
}

function bulk(world: World, model: Model, step: Extract<Step, { do: 'bulk' }>): Act | null {
  const all = [...model.people.values()]
  if (all.length === 0) return null
  const some = Array.from({ length: step.count }, (_, at) => all[(step.from + at) % all.length])
  const chosen = [...new Set(some)].filter((person) => person !== undefined)
  const ids = chosen.map(({ id }) => id)
  for (const { id, state } of step.named ? chosen : []) {
    // Whoever is bound while suspended is blocked at once: that was named too.
    if (step.what === 'bind' && state === 'suspended') release(model, 'block', id, world.time.now() + dayMs)
    if (step.what === 'unbind') release(model, 'block', id, Number.POSITIVE_INFINITY)
    if (step.what === 'bind') release(model, 'create', id, Number.POSITIVE_INFINITY)
  }
  for (const person of chosen) person.binding = 'unknown'
  const input = {
    [step.what]: ids,
    dryRun: false,
    attributes: 'fill_empty' as const,
    ...(step.named && { confirm: ids.length }),
  }
  return { run: async () => finished(world, await world.sync.bulkBindings(admin, connectionId, input)) }
}

const release = (model: Model, what: 'create' | 'block' | 'wipe' | 'unlicence', userId: string, until: number) =>
  model.released.set(`${what} ${userId}`, until)

function importing(world: World, model: Model, step: Extract<Step, { do: 'import' }>): Act {
  const accounts = [...world.practice.state.people.keys()]
  const some = Array.from({ length: step.count }, (_, at) => accounts[(step.from + at) % accounts.length] ?? '')
  const input = { accountIds: [...new Set(some)], bind: step.bind, dryRun: false }
  model.importing = true
  for (const person of model.people.values()) person.binding = 'unknown'
  return {
    run: async () => finished(world, await world.sync.importAccounts(admin, connectionId, ImportInput.parse(input))),
  }
}

/** Shown a plan, an admin releases what it holds. */
async function approve(world: World, model: Model): Promise<void> {
  const plan = await world.sync.getPlan(connectionId, {})
  for (const { kind, userId, changes } of plan.operations) {
    const until = world.time.now() + dayMs + 60_000
    if (kind === 'provision') release(model, 'create', userId, until)
    if (kind === 'deprovision') release(model, 'block', userId, until)
    if (kind === 'licence') release(model, 'unlicence', userId, until)
    if (changes.some(({ before, after }) => before !== null && after === null)) release(model, 'wipe', userId, until)
  }
  await world.sync.approvePlan(admin, connectionId, plan.id)
}

/** How long an admin waits for a job, asking now and then. */
const looks = 60
const lookEveryMs = 2_000

async function finished(world: World, job: Job): Promise<Job> {
  let now = job
  for (let look = 0; look < looks && (now.state === 'queued' || now.state === 'running'); look++) {
    await world.time.sleep(lookEveryMs)
    now = await world.sync.getJob(job.id)
  }
  return now
}
