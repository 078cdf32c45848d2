import type { ConnectionSettings } from '@lockstep/shared/contract/connection'
import type { Licence } from '@lockstep/shared/contract/licence'
import { Problem } from '../domain/problem.ts'
import { findGroup } from '../store/groups.ts'
import { bindingsThatWait, countBoundIn, licencesIn } from '../store/licences.ts'
import type { SyncContext } from './context.ts'
import { settingsOf } from './following.ts'
import { freshStock, namesIn } from './licence-stock.ts'
import { requireConnection } from './require-connection.ts'

/** The licences of a tenant, how many are left, and how many of our people are to have one. */
export async function listLicences(context: SyncContext, id: string): Promise<{ items: Licence[] }> {
  const connection = await requireConnection(context, id)
  const stock = await freshStock(context, connection.id, context.tenants.of(connection), {
    believedMs: 0,
    lane: 'interactive',
  })
  if (stock.skus === null) {
    throw new Problem(
      'licences_unreadable',
      'Lockstep may not read the licences of this tenant. Grant LicenseAssignment.ReadWrite.All or Organization.Read.All with admin consent, then ask again.',
    )
  }
  const { rules } = settingsOf(connection).licences
  const waiting = await waitingBySku(context, id)
  const nameOf = namesIn(stock)
  const known = new Map(stock.skus.map((each) => [each.sku, each]))
  const skus = [...new Set([...known.keys(), ...rules.flatMap((rule) => rule.skus)])]
  const items: Licence[] = []
  for (const sku of skus) {
    const { total, used } = known.get(sku) ?? { total: 0, used: 0 }
    const groups = rules.filter((rule) => rule.skus.includes(sku)).map(({ group }) => group)
    items.push({
      sku,
      name: nameOf(sku),
      total,
      used,
      free: Math.max(0, total - used),
      wanted: await countBoundIn(context.store.db, id, groups),
      waiting: waiting.get(sku) ?? 0,
    })
  }
  return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

async function waitingBySku(context: SyncContext, id: string): Promise<Map<string, number>> {
  const waiting = new Map<string, number>()
  for (const binding of await bindingsThatWait(context.store.db, id, Number.MAX_SAFE_INTEGER))
    for (const { sku, state } of licencesIn(binding))
      if (state === 'waiting') waiting.set(sku, (waiting.get(sku) ?? 0) + 1)
  return waiting
}

/** A rule for a group that does not exist would give nothing to anybody without a word. Problem `validation_failed`. */
export async function assertRules(
  context: SyncContext,
  licences: ConnectionSettings['licences'] | undefined,
): Promise<void> {
  const errors: { path: string; message: string }[] = []
  for (const [at, { group }] of (licences?.rules ?? []).entries())
    if ((await findGroup(context.store.db, group)) === undefined)
      errors.push({ path: `settings.licences.rules.${at}.group`, message: 'There is no group with this id.' })
  if (errors.length === 0) return
  throw new Problem(
    'validation_failed',
    'A rule names a group that is not in the directory. Name one of GET /groups by its id.',
    { errors },
  )
}
