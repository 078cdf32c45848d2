import type { Kysely } from 'kysely'
import { Problem } from '../domain/problem.ts'
import { type Standing, type Step, stepOf, type UserAct } from '../domain/user-flow.ts'
import { findCredential } from '../store/credentials.ts'
import type { Database } from '../store/schema.ts'
import type { UserRow } from '../store/users.ts'
import { passwordTargets } from './password-targets.ts'

/** A person as the flows see one. */
export async function standingOf(db: Kysely<Database>, user: Pick<UserRow, 'id' | 'state'>): Promise<Standing> {
  const credential = await findCredential(db, user.id)
  const bound = (await passwordTargets(db, user)).length > 0
  return { state: user.state, password: credential === undefined ? 'none' : 'set', bound }
}

const needed: Partial<Record<UserAct['act'], string>> = {
  activate: 'Only a staged person can be activated.',
  suspend: 'Only an active person can be suspended.',
  resume: 'Only a suspended person can be resumed.',
  send_link: 'Only an active person gets a link.',
  change_password: 'Only an active person can change the password.',
  set_by_link: 'Only an active person can set the password.',
}

/** The step that an act is; Problem `user_state_conflict` when it does not fit. */
export function stepOrProblem(user: Pick<UserRow, 'display_name'>, standing: Standing, asked: UserAct): Step {
  const step = stepOf(standing, asked)
  if (step !== null) return step
  if (asked.act === 'send_link' && standing.state === 'active')
    throw new Problem(
      'user_state_conflict',
      `${user.display_name} has chosen a password already. Send a reset link instead.`,
    )
  throw new Problem(
    'user_state_conflict',
    `${user.display_name} is ${standing.state}. ${needed[asked.act] ?? ''}`.trimEnd(),
  )
}
