import { Problem } from '../domain/problem.ts'
import { stateAfter, type UserAct } from '../domain/user.ts'
import type { UserRow } from '../store/users.ts'

const needed: Record<UserAct, string> = {
  activate: 'Only a staged person can be activated.',
  suspend: 'Only an active person can be suspended.',
  resume: 'Only a suspended person can be resumed.',
}

/** The state after the act; Problem `user_state_conflict` when it does not fit. */
export function stateOrProblem(user: UserRow, act: UserAct): UserRow['state'] {
  const state = stateAfter(user.state, act)
  if (state === null) throw new Problem('user_state_conflict', `${user.display_name} is ${user.state}. ${needed[act]}`)
  return state
}
