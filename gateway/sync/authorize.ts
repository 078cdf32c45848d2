import type { AuthorizeConnection } from '@lockstep/shared/contract/authorize'
import type { Cloud, Connection } from '@lockstep/shared/contract/connection'
import type { Actor } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { type DelegatedApp, redeemCode, type SignedIn, type SignInMarks, signInUrl } from '../graph/delegated.ts'
import { TenantError } from '../graph/failure.ts'
import { type AuthorizationRow, insertAuthorization, takeAuthorization } from '../store/authorizations.ts'
import { type ConnectionRow, listConnections } from '../store/connections.ts'
import type { Vault } from '../store/vault.ts'
import { createConnection } from './connections.ts'
import type { SyncContext } from './context.ts'
import { authoriserOf } from './protection.ts'
import { renewSignIn } from './renew-sign-in.ts'
import { requireConnection } from './require-connection.ts'
import type { Runner } from './runner.ts'

/** How administrators sign in: the operator's app, and where Microsoft leads them back to. */
export type Delegated = { app: DelegatedApp | null; redirectUri: string }

/** What Microsoft sends back. */
export type SignInAnswer = {
  state: string
  code?: string | undefined
  error?: string | undefined
  detail?: string | undefined
}

/** How long an administrator may take to sign in, in ms. */
const signInMs = 10 * 60_000

/**
 * Begins a sign-in. The state that leaves is the only thing to remember: verifier and nonce follow from it by a key that
 * leaves nowhere, and the store knows its hash.
 */
export async function beginAuthorization(
  context: SyncContext,
  { app, redirectUri }: Delegated,
  actor: Actor,
  session: string | null,
  { name, cloud }: AuthorizeConnection,
): Promise<{ url: string }> {
  if (app === null) throw new Problem('authorization_not_set_up', setUp(redirectUri))
  const renewed = await connectionNamed(context, name)
  const where = renewed === null ? cloud : (JSON.parse(renewed.cloud) as Cloud)
  const state = Buffer.from(context.runtime.randomBytes(32)).toString('base64url')
  const loginHint = renewed === null ? null : (authoriserOf(renewed)?.name ?? null)
  const url = await asProblem(() =>
    signInUrl(app, context.tenants.originsOf(where), {
      ...marksOf(context.vault, state, redirectUri),
      state,
      loginHint,
    }),
  )
  await context.store.change(actor, async (change) => {
    change.quiet('a sign-in was begun')
    await insertAuthorization(change.trx, state, {
      owner: ownersOf(context.vault, actor, session)[0],
      name,
      cloud: JSON.stringify(where),
      connection_id: renewed?.id ?? null,
      ends_at: change.now + signInMs,
    })
  })
  return { url }
}

const setUp = (redirectUri: string) =>
  `Register an application in Entra with the redirect URI ${redirectUri} (type Web), put its id and a file with its secret into lockstep.json as "delegatedApp": { "clientId": "…", "clientSecretFile": "…" }, and restart the gateway. Or connect the tenant by an application of its own.`

/** Ends a sign-in, once: connects the tenant, or renews the sign-in of its connection without binding anybody again. */
export async function finishAuthorization(
  context: SyncContext,
  runner: Runner,
  delegated: Delegated,
  actor: Actor,
  session: string | null,
  answer: SignInAnswer,
): Promise<Connection> {
  const owners = ownersOf(context.vault, actor, session)
  const begun = await context.store.change(actor, async (change) => {
    change.quiet('a sign-in came back')
    return await takeAuthorization(change.trx, answer.state, owners, change.now)
  })
  if (begun === undefined || delegated.app === null)
    throw new Problem(
      'authorization_not_found',
      'It was finished already, took longer than ten minutes, or was begun in another session. Begin it again in the console.',
    )
  try {
    return await finish(context, runner, { ...delegated, app: delegated.app }, actor, begun, answer)
  } catch (error) {
    if (error instanceof Problem) await noteRefused(context, actor, begun, error)
    throw error
  }
}

async function finish(
  context: SyncContext,
  runner: Runner,
  { app, redirectUri }: Delegated & { app: DelegatedApp },
  actor: Actor,
  begun: AuthorizationRow,
  { state, code, error, detail }: SignInAnswer,
): Promise<Connection> {
  if (code === undefined) throw new Problem('authorization_refused', refusalOf(error, detail))
  const cloud = JSON.parse(begun.cloud) as Cloud
  const marks = marksOf(context.vault, state, redirectUri)
  const signedIn = await asProblem(() => redeemCode(app, context.tenants.originsOf(cloud), { ...marks, code }))
  const renewed = await connectionToRenew(context, begun, signedIn)
  if (renewed !== null)
    return await renewSignIn(context, runner, actor, renewed, { clientId: app.clientId, ...signedIn })
  const { tenantId } = signedIn
  const input = { name: begun.name, tenantId, clientId: app.clientId, cloud }
  return await createConnection(context, runner, actor, input, signedIn)
}

/** Null when the tenant is new. Another tenant than the one whose sign-in is to be renewed changes nothing. */
async function connectionToRenew(
  context: SyncContext,
  { connection_id }: AuthorizationRow,
  { tenantId, name }: SignedIn,
): Promise<ConnectionRow | null> {
  if (connection_id === null) {
    const connections = await listConnections(context.store.db)
    return connections.find((row) => row.tenant_id === tenantId && row.authorised_by !== null) ?? null
  }
  const connection = await requireConnection(context, connection_id)
  if (connection.tenant_id === tenantId) return connection
  throw new Problem(
    'tenant_mismatch',
    `${name} belongs to another tenant than the connection "${connection.name}". Sign in as an administrator of ${connection.tenant_name}; nothing was changed.`,
  )
}

/** The connection whose sign-in is to be renewed; null when there is none of that name. */
async function connectionNamed(context: SyncContext, name: string): Promise<ConnectionRow | null> {
  const [named, another] = (await listConnections(context.store.db)).filter((row) => row.name === name)
  if (named === undefined || another !== undefined) return null
  if (named.authorised_by !== null) return named
  throw new Problem(
    'tenant_already_connected',
    `"${name}" works by an application of its own, which needs nobody who is signed in. Give it a new credential instead, or choose another name.`,
  )
}

const refused: Record<string, string> = {
  access_denied: 'The sign-in was cancelled, or consent was declined.',
  consent_required: 'Somebody who may consent for the tenant has to grant admin consent first.',
  interaction_required: 'Microsoft wants to ask the administrator something. Sign in again.',
}

/** Words of our own: what stands in the address of a page may come from anybody. */
function refusalOf(error: string | undefined, detail: string | undefined): string {
  const code = /AADSTS\d{4,7}/.exec(detail ?? '')?.[0]
  const known = refused[error ?? ''] ?? 'Microsoft did not let the administrator in.'
  return `${known} Begin again in the console.${code === undefined ? '' : ` (${code})`}`
}

async function noteRefused(
  context: SyncContext,
  actor: Actor,
  begun: AuthorizationRow,
  problem: Problem,
): Promise<void> {
  await context.store.change(actor, async (change) => {
    change.event({
      type: 'connection_authorize',
      outcome: 'failure',
      connection: begun.connection_id,
      cause: problem.code,
      detail: `${begun.name}: ${problem.message}`,
    })
  })
}

/** Who may finish what this caller begins: the strictest first. A session is named by what only its holder can tell. */
function ownersOf(vault: Vault, actor: Actor, session: string | null): [string, ...string[]] {
  const person = `${actor.kind} ${actor.id}`
  if (actor.kind !== 'user' || session === null) return [person]
  return [`session ${vault.mac('sign-in session', session)}`, person]
}

function marksOf(vault: Vault, state: string, redirectUri: string): SignInMarks {
  return { redirectUri, nonce: vault.mac('sign-in nonce', state), verifier: vault.mac('sign-in verifier', state) }
}

async function asProblem<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof TenantError)) throw error
    const { kind, detail, remedy } = error.failure
    throw new Problem(kind === 'unavailable' ? 'tenant_unreachable' : 'authorization_refused', `${detail} ${remedy}`)
  }
}
