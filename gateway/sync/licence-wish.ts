import type { ConnectionSettings } from '@lockstep/shared/contract/connection'
import type { Kysely } from 'kysely'
import { hasLeft, presenceOf } from '../domain/desire.ts'
import { type LicenceWish, noLicences } from '../domain/licences.ts'
import type { BindingRow } from '../store/bindings.ts'
import { membershipsAmong } from '../store/groups.ts'
import { licencesIn } from '../store/licences.ts'
import type { Database } from '../store/schema.ts'
import type { UserRow } from '../store/users.ts'

/** What the rules want of these people's licences. */
export async function licenceWishes(
  db: Kysely<Database>,
  { licences }: ConnectionSettings,
  bindings: readonly BindingRow[],
  users: ReadonlyMap<string, UserRow>,
): Promise<(binding: BindingRow, outOfScope: boolean) => LicenceWish> {
  const groups = licences.rules.map(({ group }) => group)
  const ours = [...new Set(licences.rules.flatMap(({ skus }) => skus))]
  const memberships = await membershipsAmong(
    db,
    bindings.map(({ user_id }) => user_id),
    groups,
  )
  return (binding, outOfScope) => {
    const agreed = licencesIn(binding).filter(({ state }) => state === 'assigned' || state === 'lost')
    if (ours.length === 0 && agreed.length === 0) return noLicences
    const user = users.get(binding.user_id)
    const isIn = memberships.get(binding.user_id)
    const ends = binding.licences_end === 1 && licences.removeAfterDays !== null
    const blocked = outOfScope || (user !== undefined && hasLeft(presenceOf(user)))
    return {
      wanted: licences.rules.filter(({ group }) => isIn?.has(group)).flatMap(({ skus }) => skus),
      ours,
      agreed: agreed.map(({ sku }) => sku),
      standing: blocked ? (ends ? 'end' : 'keep') : 'follow',
      inherited: [],
      whenNoneLeft: licences.whenNoneLeft,
    }
  }
}
