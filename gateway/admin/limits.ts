import { Problem } from '../domain/problem.ts'
import { type Caller, hasRole } from '../http/caller.ts'
import type { Directory } from './directory.ts'

/*
 * What a role may do is a field of each endpoint; here is what depends on the person or the fields of a request.
 * Whoever can act on an administrator's account can become one, so helpdesk acts on ordinary people alone.
 */

export async function assertMayTouch(directory: Pick<Directory, 'rolesOf'>, actor: Caller, ids: readonly string[]) {
  if (hasRole(actor, 'admin') || ids.length === 0) return
  const holders = await directory.rolesOf(ids)
  if (holders.size > 0) {
    throw new Problem('forbidden', 'Somebody among them holds a role in Lockstep. Ask an administrator to do it.')
  }
}

/** A right beyond the role: administrators have it, an API token only when it was made with it by name. */
export function assertMay(actor: Caller, right: 'approve' | 'override'): void {
  if (!hasRole(actor, 'admin')) throw new Problem('forbidden', 'This needs an administrator.')
  if (actor.kind === 'user' || actor.allow.includes(right)) return
  throw new Problem(
    'forbidden',
    `This token was made without the right "${right}". On the gateway's machine, "lockstep token create --allow ${right}" makes one that has it; an administrator who is signed in needs none.`,
  )
}
