import type { Context } from 'hono'
import { assertConfirmed } from '../domain/second-factor.ts'
import type { Caller, Gatekeeper } from './caller.ts'
import type { HttpEnv } from './env.ts'
import { readSession } from './session.ts'

/** Problem `step_up_needed` for a person who has not proved lately to be the one. Tokens of scripts cannot, and pass. */
export type AssertConfirmed = (c: Context<HttpEnv>, caller: Caller | null) => Promise<void>

export function stepUp(options: { gatekeeper: Pick<Gatekeeper, 'confirmedAt'>; now(): number }): AssertConfirmed {
  const { gatekeeper, now } = options
  return async (c, caller) => {
    if (caller?.kind !== 'user') return
    const accessToken = c.req.header('authorization')?.split(' ')[1]
    const session = readSession(c)
    if (accessToken !== undefined) assertConfirmed(await gatekeeper.confirmedAt({ accessToken }), now())
    else assertConfirmed(session === null ? null : await gatekeeper.confirmedAt({ session }), now())
  }
}
