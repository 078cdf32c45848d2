import { type Answer, type Call, ok, option } from './call.ts'
import { Refusal } from './errors.ts'
import { filterOf, page } from './lists.ts'
import { guidFrom } from './random.ts'
import { demandRead } from './rights.ts'
import type { Properties, SignInRecord, State } from './state.ts'

/**
 * "List signIns", read 2026-11-23: newest first, up to 1,000 on a page. Without Entra ID P1 the log cannot be downloaded
 * (code and sentence as people report them in the issues of Microsoft's documentation).
 */
export function listSignIns(state: State, call: Call): Answer {
  demandRead(call, 'AuditLog.Read.All')
  if (!state.switches.premium)
    throw new Refusal(
      403,
      'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
      "Neither tenant is B2C or tenant doesn't have premium license",
    )
  const filter = filterOf(call, 'other')
  const rows = state.signIns
    .map((record, at) => present(state, record, at))
    .filter((row) => filter === null || filter.test(row))
  if (!/\basc\b/i.test(option(call, '$orderby') ?? '')) rows.reverse()
  return ok(page(state, call, 'auditLogs/signIns', rows, (row) => row, { usual: 1000, most: 1000 }))
}

/** "signIn resource type" */
function present(state: State, { at, userId, clientAppUsed, errorCode }: SignInRecord, place: number): Properties {
  const properties = state.people.get(userId)?.properties
  return {
    id: guidFrom(`sign-in ${place}`),
    createdDateTime: new Date(at).toISOString(),
    userId,
    userDisplayName: properties?.['displayName'] ?? null,
    userPrincipalName: properties?.['userPrincipalName'] ?? null,
    clientAppUsed,
    isInteractive: true,
    status: { errorCode, failureReason: errorCode === 0 ? 'Other.' : 'Invalid username or password.' },
  }
}
