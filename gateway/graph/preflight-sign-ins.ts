import type { PreflightCheck } from '@lockstep/shared/contract/connection'
import { z } from 'zod'
import { noPremium } from './failure.ts'
import { odata } from './odata.ts'
import { attempt, check, readList, refusedCheck, someOf } from './preflight-check.ts'
import type { Reader } from './reader.ts'

/** Clients that know nothing but a password ("Sign-in log activity details", client app, read 2026-11-23). */
const legacyClients = [
  'Authenticated SMTP',
  'Autodiscover',
  'Exchange ActiveSync',
  'Exchange Online PowerShell',
  'Exchange Web Services',
  'IMAP4',
  'MAPI Over HTTP',
  'Offline Address Book',
  'Other clients',
  'Outlook Anywhere (RPC over HTTP)',
  'POP3',
  'Reporting Web Services',
]
const filter = legacyClients.map((client) => odata`clientAppUsed eq ${client}`).join(odata` or `)
const url = `/auditLogs/signIns?$filter=${filter}&$top=1000`

const SignIn = z.looseObject({
  userPrincipalName: z.string().nullish(),
  clientAppUsed: z.string().nullish(),
  status: z.looseObject({ errorCode: z.number().nullish() }).nullish(),
})

const name = 'legacy_sign_ins'

/** Who still signs in with protocols that hold a copy of the password: these stop with the first new one. */
export async function legacyCheck(reader: Reader): Promise<PreflightCheck> {
  const read = await attempt(() => readList(reader, SignIn, url))
  if (read.value !== null) return foundCheck(read.value)
  if (read.refused.code !== noPremium)
    return refusedCheck(
      name,
      'warning',
      read.refused,
      'read the log of sign-ins, so nobody knows who still uses legacy protocols',
      'AuditLog.Read.All',
    )
  return check(
    name,
    'warning',
    false,
    'The tenant has no Entra ID P1, so nobody knows who still uses legacy protocols.',
    'Look at the sign-in logs in Entra, with the filter "Client app", before you take over passwords.',
  )
}

function foundCheck(signIns: readonly z.infer<typeof SignIn>[]): PreflightCheck {
  // Failed ones are mostly strangers who try passwords.
  const clients = new Map<string, Set<string>>()
  for (const { userPrincipalName, clientAppUsed, status } of signIns) {
    if (userPrincipalName == null || clientAppUsed == null || status?.errorCode !== 0) continue
    clients.set(userPrincipalName, (clients.get(userPrincipalName) ?? new Set()).add(clientAppUsed))
  }
  const people = [...clients].map(([person, used]) => `${person} (${[...used].join(', ')})`)
  return check(
    name,
    'warning',
    people.length === 0,
    people.length === 0
      ? 'Nobody signs in with legacy protocols.'
      : `Still sign in with legacy protocols: ${someOf(people)}.`,
    'Their programs keep a copy of the password and know no second factor. Move them to modern sign-in before you take over their passwords.',
  )
}
