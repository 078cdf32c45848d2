import { hashOf, type Person, type State } from './state.ts'

/** Reason: the code of the sign-in page ("Microsoft Entra authentication and authorization error codes"). */
export type SignIn = { ok: boolean; reason: string | null }

const lockedAfter = 10
const lockMs = 60_000

/** What the sign-in page would say to a person. */
export function signIn(state: State, name: string, password: string): SignIn {
  const refuse = (code: number): SignIn => ({ ok: false, reason: `AADSTS${code}` })
  const person = state.people.get(state.byName.get(name.toLowerCase()) ?? '')
  if (person === undefined || person.deletedAt !== null) return refuse(50034)
  if (person.lockout.until > state.now()) return refuse(50053)
  const hash = hashOf(password)
  if (person.passwordHash !== hash) {
    countWrong(state, person, hash)
    return refuse(50126)
  }
  person.lockout = { wrong: [], count: 0, until: 0 }
  if (person.properties['accountEnabled'] !== true) return refuse(50057)
  return person.mustChange ? refuse(50055) : { ok: true, reason: null }
}

/** Smart lockout: the tenth bad attempt locks for a minute; the last three wrong passwords do not count twice. */
function countWrong(state: State, { lockout }: Person, hash: string): void {
  if (lockout.wrong.includes(hash)) return
  lockout.wrong = [hash, ...lockout.wrong].slice(0, 3)
  lockout.count += 1
  if (lockout.count < lockedAfter) return
  lockout.until = state.now() + lockMs
  lockout.count = 0
}
