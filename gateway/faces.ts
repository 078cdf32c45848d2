import { directoryOf } from './admin/directory.ts'
import { handlersOf } from './admin/handlers.ts'
import { securityHandlers } from './admin/security.ts'
import type { AppOptions } from './app.ts'
import type { Context } from './directory/context.ts'
import { countCodeRequest, programEnded, programSeen, repeatedRenewal } from './directory/programs.ts'
import { rotateKey } from './directory/rotate-key.ts'
import { actorOf, findSessionByToken } from './directory/sessions.ts'
import { findToken } from './directory/tokens.ts'
import { system } from './domain/actor.ts'
import type { IdempotencyMemory } from './http/idempotency.ts'
import { oauthKeys } from './portal/oauth/keys.ts'
import { portalServices } from './portal/services.ts'
import { beginIdempotent, dropIdempotent, finishIdempotent } from './store/idempotency.ts'
import type { KeySource } from './store/instance-key.ts'
import { OauthEntries } from './store/oauth-entries.ts'
import { findUser } from './store/users.ts'
import type { Sync } from './sync/sync.ts'

type Faces = Pick<
  AppOptions,
  | 'directory'
  | 'confirmedAtOf'
  | 'sessionOf'
  | 'apiTokenOf'
  | 'personOf'
  | 'handlers'
  | 'portal'
  | 'idempotency'
  | 'oauth'
  | 'finishAuthorization'
>

/** What the app serves, made of the use cases: everything that buildApp needs besides settings, log and time. */
export function facesOf(context: Context, sync: Sync, key: KeySource): Faces {
  const { store, vault, runtime } = context
  return {
    sessionOf: async (token, isUse = true) => (await findSessionByToken(context, token, isUse))?.actor ?? null,
    confirmedAtOf: async (token) => (await findSessionByToken(context, token, false))?.session.confirmed_at ?? null,
    directory: context,
    async apiTokenOf(token) {
      const actor = await findToken(context, token)
      return actor?.kind === 'token' ? actor : null
    },
    async personOf(userId) {
      const user = await findUser(store.db, userId)
      return user?.state === 'active' ? actorOf(user) : null
    },
    handlers: handlersOf({
      directory: directoryOf(context),
      security: securityHandlers(context),
      sync,
      keys: { rotate: (actor) => rotateKey(context, actor, key) },
      store,
      runtime,
    }),
    finishAuthorization: sync.finishAuthorization,
    portal: portalServices(context),
    idempotency: idempotencyOf(context),
    oauth: {
      keys: oauthKeys(vault.key('oauth signing'), vault.key('oauth cookies')),
      adapter: (model) => new OauthEntries(store, runtime, model),
      programs: {
        seen: (issued) => programSeen(context, issued),
        ended: (grantId, cause) => programEnded(context, grantId, cause),
        repeated: (asked) => repeatedRenewal(context, asked),
        codeAsked: (address) => countCodeRequest(context, address),
      },
    },
  }
}

function idempotencyOf({ store, vault }: Context): IdempotencyMemory {
  const reason = 'remembering a request by its idempotency key'
  return {
    mac: (text) => vault.mac('idempotency', text),
    begin: (scope, key, fingerprint) =>
      store.change(system, async (change) => {
        change.quiet(reason)
        const begun = await beginIdempotent(change.trx, { scope, key, fingerprint, now: change.now })
        switch (begun.kind) {
          case 'new':
            return { kind: 'first' as const }
          case 'answered':
            return { kind: 'again' as const, status: begun.status, answer: begun.answer === '' ? null : begun.answer }
          default:
            return begun
        }
      }),
    finish: (scope, key, status, answer) =>
      store.change(system, async (change) => {
        change.quiet(reason)
        await finishIdempotent(change.trx, { scope, key, status, answer: answer ?? '' })
      }),
    forget: (scope, key) =>
      store.change(system, async (change) => {
        change.quiet(reason)
        await dropIdempotent(change.trx, { scope, key })
      }),
  }
}
