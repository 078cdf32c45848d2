import type { MyStatus } from '@lockstep/shared/contract/session'
import type { Role } from '@lockstep/shared/contract/user'
import browser from 'webextension-polyfill'
import { isRecord } from './is-record.ts'
import { item } from './items.ts'
import { gatewayClient } from './session.ts'

export type KnownStatus = {
  status: MyStatus
  role: Role | null
  /** ms since the epoch */
  fetchedAt: number
}

const isKnown = (value: unknown): value is KnownStatus | null =>
  value === null || (isRecord(value) && isRecord(value['status']) && typeof value['fetchedAt'] === 'number')

/** The last known state, by which the popup opens painted. In memory only, like the sign-in it belongs to. */
export const knownStatus = item<KnownStatus | null>('session', 'status', null, isKnown)

/** Asks the gateway and keeps the answer; the badge follows. Throws what the client throws. */
export async function refreshStatus(gatewayUrl: string): Promise<KnownStatus> {
  const client = gatewayClient(gatewayUrl)
  const [status, me] = await Promise.all([client.call('GET /me/status', {}), client.call('GET /me', {})])
  const known: KnownStatus = { status, role: me.role, fetchedAt: Date.now() }
  await knownStatus.set(known)
  return known
}

/** Nothing when all is well, `!` when the person has to do something. */
export async function showBadge(known: KnownStatus | null): Promise<void> {
  const needed = known !== null && (known.status.action !== null || known.status.state === 'failed')
  await browser.action.setBadgeText({ text: needed ? '!' : '' })
  if (needed) await browser.action.setBadgeBackgroundColor({ color: '#b3261e' })
}
