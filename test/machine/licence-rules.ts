import { insertGroup } from '@lockstep/gateway/store/groups'
import type { Change } from '@lockstep/gateway/store/store'
import type { ConnectionSettings } from '@lockstep/shared/contract/connection'
import { licenceAct } from '../practice-tenant/licences.ts'
import type { State } from '../practice-tenant/state.ts'
import type { SeenWrite } from './witness.ts'

/** Groups of the directory, and the licence that each gives. */
export const licenceGroups = [
  { id: 'staff', sku: '6fd2c87f-b296-42f0-b197-1e91e994b900', name: 'ENTERPRISEPACK' },
  { id: 'analysts', sku: 'f8a1db68-be16-40ed-86d5-cb42ce701560', name: 'POWER_BI_PRO' },
] as const
/** No rule names it. */
const foreign = 'VISIOCLIENT'

export const licenceRules: ConnectionSettings['licences'] = {
  rules: licenceGroups.map(({ id, sku }) => ({ group: id, skus: [sku] })),
  whenNoneLeft: 'wait',
  removeAfterDays: 1,
}

export async function putGroups({ trx, now }: Change): Promise<void> {
  for (const { id } of licenceGroups)
    await insertGroup(trx, { id, display_name: id, description: null, created_at: now, updated_at: now })
}

export const groupAt = (n: number) => licenceGroups[n % licenceGroups.length] ?? licenceGroups[0]

/** What others do with licences in the tenant. */
export function actOnLicence(state: State, accountId: string, n: number): void {
  const acts = ['give_licence', 'take_licence', 'inherit_licence', 'give_licence'] as const
  const sku = n % 3 === 0 ? foreign : groupAt(n).name
  licenceAct(state, acts[n % acts.length] ?? 'give_licence', { user: accountId, sku, group: 'theirs' })
}

/** Subscriptions are bought and end; what is in use stays in use. */
export function changeSeats(state: State, n: number): void {
  const sku = state.skus.find(({ skuId }) => skuId === groupAt(n).sku)
  if (sku !== undefined) sku.enabled = n % 4
}

/** Only licences that a rule names are given or taken. */
export function licencesOfOthersAreLeftAlone({ writes }: { writes: readonly SeenWrite[] }): string[] {
  const ours = new Set<string>(licenceGroups.map(({ sku }) => sku))
  return writes.flatMap(({ kind, accountId, body }) => {
    if (kind !== 'licence') return []
    const { addLicenses, removeLicenses } = body as { addLicenses: { skuId: string }[]; removeLicenses: string[] }
    const others = [...addLicenses.map(({ skuId }) => skuId), ...removeLicenses].filter((sku) => !ours.has(sku))
    return others.map((sku) => `${sku} of ${accountId} is none of ours`)
  })
}
