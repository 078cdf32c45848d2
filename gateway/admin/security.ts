import type { Context } from '../directory/context.ts'
import {
  addPasskey,
  addTotp,
  beginTotp,
  type Factors,
  myFactors,
  removeFactor,
  renameFactor,
  renewRecoveryCodes,
  resetFactors,
} from '../directory/factors.ts'
import { AddedPasskey, offerPasskey, provedPasskey } from '../directory/passkeys.ts'
import { timeOf, timeOrNull } from '../directory/present-user.ts'
import {
  endMySession,
  endOtherSessions,
  type FoundSession,
  findSessionByToken,
  listSessions,
  type MySession,
} from '../directory/sessions.ts'
import { confirmWith } from '../directory/step-up.ts'
import { deviceOf } from '../domain/device.ts'
import { Problem } from '../domain/problem.ts'
import { assertConfirmed } from '../domain/second-factor.ts'
import { parse } from '../http/body.ts'
import type { Person } from '../http/caller.ts'
import type { Handlers, SessionCookie } from '../http/serve.ts'

export type SecurityNames =
  | 'myFactors'
  | 'beginTotp'
  | 'addTotp'
  | 'beginPasskey'
  | 'addPasskey'
  | 'renameFactor'
  | 'removeFactor'
  | 'renewRecoveryCodes'
  | 'confirmMe'
  | 'mySessions'
  | 'endMySession'
  | 'endOtherSessions'
  | 'resetFactors'

type By = { actor: Person; session: SessionCookie }

/** A person's second factors and sessions, and taking the factors of somebody else away. */
export function securityHandlers(context: Context): Pick<Handlers, SecurityNames> {
  /** What belongs to one browser is done from it: a token of the extension is no session. */
  async function mine({ actor, session }: By): Promise<FoundSession> {
    const found = session.token === null ? undefined : await findSessionByToken(context, session.token)
    if (found?.user.id === actor.id) return found
    throw new Problem('forbidden', 'This is done in a browser that is signed in, at /portal/security.')
  }
  async function confirmed(by: By): Promise<FoundSession> {
    const found = await mine(by)
    assertConfirmed(found.session.confirmed_at, context.runtime.now())
    return found
  }
  return {
    myFactors: async ({ actor }) => shown(await myFactors(context, actor)),
    async beginTotp(by) {
      const { user, session } = await confirmed(by)
      return await beginTotp(context, user, session.id_hash)
    },
    async addTotp({ body: { code, name = '' }, address, ...by }) {
      const { user, session } = await confirmed(by)
      return await addTotp(context, user, session.id_hash, { code, name, address })
    },
    async beginPasskey(by) {
      const { user, session } = await confirmed(by)
      return { ...(await offerPasskey(context, user, session.id_hash)) }
    },
    async addPasskey({ body: { response, name = '' }, ...by }) {
      const { user, session } = await confirmed(by)
      const passkey = await provedPasskey(context, session.id_hash, parse(AddedPasskey, response))
      return await addPasskey(context, user, passkey, { name })
    },
    async renameFactor({ params, body, ...by }) {
      await renameFactor(context, (await confirmed(by)).user, params.id, body.name)
    },
    async removeFactor({ params, ...by }) {
      await removeFactor(context, (await confirmed(by)).user, params.id)
    },
    renewRecoveryCodes: async (by) => ({
      recoveryCodes: await renewRecoveryCodes(context, (await confirmed(by)).user),
    }),
    async confirmMe({ body: { code }, address, ...by }) {
      by.session.start((await confirmWith(context, await mine(by), { code, address })).token)
    },
    async mySessions(by) {
      const { user, session } = await mine(by)
      return { items: (await listSessions(context, user.id, session.id_hash)).map(sessionShown) }
    },
    async endMySession({ params, ...by }) {
      await endMySession(context, (await mine(by)).actor, params.id)
    },
    async endOtherSessions(by) {
      await endOtherSessions(context, await mine(by))
    },
    resetFactors: ({ actor, params }) => resetFactors(context, actor, params.id),
  }
}

function shown({ factors, ...rest }: Factors) {
  return {
    ...rest,
    factors: factors.map(({ createdAt, usedAt, ...factor }) => ({
      ...factor,
      createdAt: timeOf(createdAt),
      usedAt: timeOrNull(usedAt),
    })),
  }
}

function sessionShown({ agent, createdAt, seenAt, endsAt, isThis, ...session }: MySession) {
  const { browser, system } = deviceOf(agent)
  const device = [browser, system].filter((part) => part !== null).join(', ')
  return {
    ...session,
    device: device === '' ? null : device,
    createdAt: timeOf(createdAt),
    seenAt: timeOf(seenAt),
    endsAt: timeOf(endsAt),
    current: isThis,
  }
}
