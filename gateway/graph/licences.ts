import type { AccountId } from '@lockstep/shared/contract/ids'
import { z } from 'zod'
import { failureOf, isMissing } from './failure.ts'
import { listOf, parsed, type Reader } from './reader.ts'
import { ReadRefused } from './transport.ts'

/** A kind of licence that people can hold: how many there are, and how many are in use. */
export type SkuStock = { sku: string; name: string; total: number; used: number }

const units = 3
const Sku = z.looseObject({
  skuId: z.string().toLowerCase(),
  skuPartNumber: z.string(),
  appliesTo: z.string().nullish(),
  capabilityStatus: z.string().nullish(),
  consumedUnits: z.number().int().nullish(),
  prepaidUnits: z.looseObject({ enabled: z.number().int().nullish(), warning: z.number().int().nullish() }).nullish(),
})
const States = z.looseObject({
  licenseAssignmentStates: z
    .array(z.looseObject({ skuId: z.string().toLowerCase(), assignedByGroup: z.string().nullish() }))
    .nullish(),
})

/**
 * The licences of the tenant; null when we may not read them. Only those for users can be given to one, and of a
 * subscription that has ended none ("subscribedSku resource type", read 2026-11-23).
 */
export async function readStock(reader: Reader): Promise<SkuStock[] | null> {
  try {
    const skus = listOf(Sku, await reader.read('/subscribedSkus', units), '/subscribedSkus')
    return skus.filter(({ appliesTo }) => appliesTo !== 'Company').map(stockOf)
  } catch (error) {
    if (error instanceof ReadRefused && error.failure.kind === 'forbidden') return null
    throw error
  }
}

function stockOf({ skuId, skuPartNumber, capabilityStatus, consumedUnits, prepaidUnits }: z.infer<typeof Sku>) {
  const lives = capabilityStatus == null || capabilityStatus === 'Enabled' || capabilityStatus === 'Warning'
  const total = lives ? (prepaidUnits?.enabled ?? 0) + (prepaidUnits?.warning ?? 0) : 0
  return { sku: skuId, name: skuPartNumber, total, used: consumedUnits ?? 0 }
}

/**
 * Which licences each account holds through groups alone: direct and inherited ones look alike among the assigned
 * licences ("licenseAssignmentState resource type", read 2026-11-23).
 */
export async function readInherited(
  reader: Reader,
  ids: readonly AccountId[],
  now: () => number,
): Promise<Map<AccountId, string[]>> {
  const answers = await reader.readMany(ids.map((id) => `/users/${id}?$select=id,licenseAssignmentStates`))
  const inherited = new Map<AccountId, string[]>()
  for (const [index, id] of ids.entries()) {
    const answer = answers[index] ?? { status: 502, headers: {}, body: null }
    if (isMissing(answer)) continue
    if (answer.status !== 200) throw new ReadRefused(answer, failureOf(answer, 'read', now()))
    const states = parsed(States, answer.body, '/users').licenseAssignmentStates ?? []
    const direct = new Set(states.filter((each) => each.assignedByGroup == null).map(({ skuId }) => skuId))
    inherited.set(
      id,
      [...new Set(states.map(({ skuId }) => skuId))].filter((sku) => !direct.has(sku)),
    )
  }
  return inherited
}
