import { timingSafeEqual } from 'node:crypto'
import type { Runtime } from '../domain/runtime.ts'
import type { Vault } from '../store/vault.ts'

/*
 * A browser that somebody signed in with is known to that person from then on: it has attempts of its own, which no
 * stranger can use up (OWASP, "Device cookies"). What it keeps is an id and, for each of its people, our signature under
 * id and person; neither tells who they are, and it lets nobody in.
 */

/** How many people one browser is known to. */
const peopleAtMost = 8
const shape = /^[\w-]{22}(?:\.[0-9a-f]{32}){1,8}$/

const signatureOf = (vault: Pick<Vault, 'mac'>, id: string, userId: string) =>
  vault.mac('known browser', `${id} ${userId}`).slice(0, 32)

/** Under what the attempts of this browser for that person are counted; null when they do not know each other. */
export function knownTo(vault: Pick<Vault, 'mac'>, cookie: string | null, userId: string): string | null {
  if (cookie === null || !shape.test(cookie)) return null
  const [id = '', ...signatures] = cookie.split('.')
  const own = signatureOf(vault, id, userId)
  return signatures.some((each) => timingSafeEqual(Buffer.from(each), Buffer.from(own))) ? own : null
}

/** What the browser keeps from now on. */
export function introduce(
  { vault, runtime }: { vault: Pick<Vault, 'mac'>; runtime: Pick<Runtime, 'randomBytes'> },
  cookie: string | null,
  userId: string,
): string {
  const known = cookie !== null && shape.test(cookie) ? cookie.split('.') : []
  const id = known[0] ?? Buffer.from(runtime.randomBytes(16)).toString('base64url')
  const own = signatureOf(vault, id, userId)
  const others = known.slice(1).filter((each) => each !== own)
  return [id, own, ...others].slice(0, peopleAtMost + 1).join('.')
}
