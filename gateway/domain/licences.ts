import type { TenantFailure } from './failure.ts'

/** What the rules want of one person's licences, and what is known of them: ids of SKUs in lower case. */
export type LicenceWish = {
  wanted: readonly string[]
  /** Named in a rule of the connection. Nothing else is ever given or taken. */
  ours: readonly string[]
  /** Wanted and held when both sides last met. */
  agreed: readonly string[]
  /** `keep`: the person is blocked, and what is there stays. `end`: for so long that it is taken back. */
  standing: 'follow' | 'keep' | 'end'
  /** Held through a group of the tenant alone, so nobody can take it from one person. */
  inherited: readonly string[]
  /** Whether who finds no seat waits for one, or goes without. */
  whenNoneLeft: 'wait' | 'skip'
}

export const noLicences: LicenceWish = {
  wanted: [],
  ours: [],
  agreed: [],
  standing: 'follow',
  inherited: [],
  whenNoneLeft: 'wait',
}

/** Why a licence that is wanted is not asked for. */
export type Lack = 'no_location' | 'none_left' | 'not_bought' | 'unreadable'

export type LicencePlan = {
  add: readonly string[]
  remove: readonly string[]
  /** Taken away by somebody there, and not given again. */
  lost: readonly string[]
  lacking: readonly { sku: string; why: Lack }[]
  /** Not wanted any more, but left until what comes instead has a seat: a mailbox may hang on it. */
  kept: readonly string[]
}

const nothing: LicencePlan = { add: [], remove: [], lost: [], lacking: [], kept: [] }

/** A licence needs a place where it is used; `enforced`: what somebody took away there is given again. */
export function planLicences(
  wish: LicenceWish,
  held: readonly string[],
  { location, enforced }: { location: boolean; enforced: boolean },
): LicencePlan {
  if (wish.standing === 'keep') return nothing
  const wanted = wantedNow(wish)
  const missing = wanted.filter((sku) => !held.includes(sku))
  const lost = enforced ? [] : missing.filter((sku) => wish.agreed.includes(sku))
  const asked = missing.filter((sku) => !lost.includes(sku))
  return {
    add: location ? asked : [],
    remove: surplus(wish, held).filter((sku) => !wish.inherited.includes(sku)),
    lost,
    lacking: location ? [] : asked.map((sku) => ({ sku, why: 'no_location' })),
    kept: [],
  }
}

const wantedNow = ({ wanted, ours, standing }: LicenceWish): string[] =>
  standing === 'end' ? [] : [...new Set(wanted)].filter((sku) => ours.includes(sku)).sort()

/** What both sides once agreed on and nobody wants any more. What others have given stays. */
function surplus(wish: LicenceWish, held: readonly string[]): string[] {
  const wanted = wantedNow(wish)
  return [...wish.agreed].filter((sku) => wish.ours.includes(sku) && held.includes(sku) && !wanted.includes(sku)).sort()
}

export type Asking = {
  userId: string
  /** Since when the person waits for a seat; null for who comes now. */
  waitsSince: number | null
  plan: LicencePlan
}

/** Free seats by SKU; a SKU that is not listed was never bought. Null where nobody may read them. */
export type Seats = ReadonlyMap<string, number> | null

/** Gives the seats that are left to those who have waited longest, then in the order of their ids. */
export function ration(asking: readonly Asking[], seats: Seats): { plans: Map<string, LicencePlan>; left: Seats } {
  const left = new Map(seats)
  const plans = new Map<string, LicencePlan>()
  for (const { userId, plan } of [...asking].sort(byTurn)) {
    const add: string[] = []
    const lacking = [...plan.lacking]
    for (const sku of plan.add) {
      const free = left.get(sku)
      const why = seats === null ? 'unreadable' : free === undefined ? 'not_bought' : free < 1 ? 'none_left' : null
      if (why !== null) lacking.push({ sku, why })
      else {
        add.push(sku)
        left.set(sku, (free ?? 0) - 1)
      }
    }
    const swaps = lacking.some(({ why }) => why === 'none_left')
    plans.set(userId, {
      ...plan,
      add,
      lacking,
      ...(swaps && { remove: [], kept: [...plan.kept, ...plan.remove] }),
    })
  }
  return { plans, left: seats === null ? null : left }
}

const byTurn = (a: Asking, b: Asking) => turnOf(a) - turnOf(b) || (a.userId < b.userId ? -1 : 1)
const turnOf = ({ waitsSince }: Asking) => waitsSince ?? Number.MAX_SAFE_INTEGER

/** `lost`: both sides had it, and somebody took it away there. */
export type LicenceState = { sku: string; state: 'assigned' | 'lost' | 'waiting' | 'failed'; reason: string | null }

/** What became of the plan's request: `unsaid` when nobody knows yet. */
export type LicenceOutcome = 'done' | 'unsaid' | TenantFailure

/** How a person's licences stand once a plan was carried out, or had nothing to carry out. */
export function licencesAfter(
  wish: LicenceWish,
  plan: LicencePlan,
  held: readonly string[],
  outcome: LicenceOutcome,
  before: readonly LicenceState[],
): LicenceState[] {
  if (wish.standing === 'keep') return [...before]
  const known = (sku: string) => before.filter((each) => each.sku === sku)
  const stateOf = (sku: string): LicenceState[] => {
    const lack = plan.lacking.find((each) => each.sku === sku)
    if (lack !== undefined) return [lackOf(wish, sku, lack.why)]
    if (plan.lost.includes(sku)) return [{ sku, state: 'lost', reason: lostReason }]
    if (!plan.add.includes(sku)) return held.includes(sku) ? [{ sku, state: 'assigned', reason: null }] : known(sku)
    if (outcome === 'done') return [{ sku, state: 'assigned', reason: null }]
    if (outcome === 'unsaid') return known(sku)
    if (outcome.kind === 'no_seat') return [lackOf(wish, sku, 'none_left')]
    return [{ sku, state: 'failed', reason: `${outcome.detail} ${outcome.remedy}` }]
  }
  const goes = (sku: string): LicenceState[] => {
    if (plan.kept.includes(sku)) return [{ sku, state: 'assigned', reason: keptReason }]
    if (!plan.remove.includes(sku) || outcome === 'done') return []
    if (outcome === 'unsaid') return known(sku)
    return [{ sku, state: 'assigned', reason: `${outcome.detail} ${outcome.remedy}` }]
  }
  return [...wantedNow(wish).flatMap(stateOf), ...surplus(wish, held).flatMap(goes)]
}

const lostReason =
  'Somebody took it away at Microsoft 365. Repair the difference to give it again, or take the person out of the group.'
const keptReason = 'It goes as soon as the licence that replaces it has a free seat.'

function lackOf({ whenNoneLeft }: LicenceWish, sku: string, why: Lack): LicenceState {
  switch (why) {
    case 'none_left':
      return whenNoneLeft === 'wait'
        ? {
            sku,
            state: 'waiting',
            reason: 'No seat is left. It is given as soon as one is free; buy more to have it now.',
          }
        : {
            sku,
            state: 'failed',
            reason: 'No seat was left, and the connection goes on without. Sync again when there is one.',
          }
    case 'no_location':
      return { sku, state: 'failed', reason: 'A licence needs a usage location. Give the person the country of use.' }
    case 'not_bought':
      return { sku, state: 'failed', reason: 'The tenant has no such licence for people. Correct the rule, or buy it.' }
    case 'unreadable':
      return {
        sku,
        state: 'failed',
        reason:
          'Lockstep may not read the licences of the tenant. Grant LicenseAssignment.ReadWrite.All and sync again.',
      }
  }
}

/** How often a licence is asked for again while the tenant has not heard of the usage location. */
const locationAttempts = 9

/** A refusal that no repetition mends is told beside the licence: everything else of the person goes on. */
export function staysWithLicence({ kind }: TenantFailure, attempt: number): boolean {
  switch (kind) {
    case 'no_location':
      return attempt >= locationAttempts
    case 'throttled':
    case 'unavailable':
    case 'gone':
    case 'signed_out':
      return false
    default:
      return true
  }
}
