import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TenantFailure } from './failure.ts'
import {
  type Asking,
  type LicencePlan,
  type LicenceState,
  type LicenceWish,
  licencesAfter,
  noLicences,
  planLicences,
  ration,
} from './licences.ts'

const skus = ['e1', 'e3', 'e5', 'bi', 'visio', 'project']
const some = fc.subarray(skus)
const wish = (more: Partial<LicenceWish>): LicenceWish => ({ ...noLicences, ours: ['e3', 'e5'], ...more })
const wishes: fc.Arbitrary<LicenceWish> = fc.record({
  wanted: some,
  ours: some,
  agreed: some,
  standing: fc.constantFrom('follow', 'keep', 'end'),
  inherited: some,
  whenNoneLeft: fc.constantFrom('wait', 'skip'),
})
const facts = fc.record({ location: fc.boolean(), enforced: fc.boolean() })
const seats = fc.dictionary(fc.constantFrom(...skus), fc.nat(3)).map((free) => new Map(Object.entries(free)))
const here = { location: true, enforced: false }

const applied = (held: readonly string[], { add, remove }: LicencePlan) => [
  ...held.filter((sku) => !remove.includes(sku)),
  ...add,
]

describe('what is given and taken', () => {
  test('what the rules give is added, and what they gave before is removed', () => {
    expect(planLicences(wish({ wanted: ['e5'], agreed: ['e3'] }), ['e3', 'visio'], here)).toMatchObject({
      add: ['e5'],
      remove: ['e3'],
    })
  })

  test('what others have given stays, also of a SKU that a rule names', () => {
    expect(planLicences(wish({ wanted: [] }), ['e3', 'visio'], here)).toMatchObject({ add: [], remove: [] })
  })

  test('an inherited licence is not taken from the person', () => {
    expect(planLicences(wish({ agreed: ['e3'], inherited: ['e3'] }), ['e3'], here).remove).toEqual([])
  })

  test('without a place of use nothing is asked for', () => {
    const plan = planLicences(wish({ wanted: ['e3'] }), [], { location: false, enforced: false })
    expect(plan).toMatchObject({ add: [], lacking: [{ sku: 'e3', why: 'no_location' }] })
  })

  test('what somebody took away is given again only where differences are enforced', () => {
    const lost = wish({ wanted: ['e3'], agreed: ['e3'] })
    expect(planLicences(lost, [], here)).toMatchObject({ add: [], lost: ['e3'] })
    expect(planLicences(lost, [], { location: true, enforced: true })).toMatchObject({ add: ['e3'], lost: [] })
  })

  test('a blocked person keeps everything until it ends, and then gives back what was ours', () => {
    const left = { wanted: ['e3'], agreed: ['e3'] }
    expect(planLicences(wish({ ...left, standing: 'keep' }), ['e3', 'bi'], here).remove).toEqual([])
    expect(planLicences(wish({ ...left, standing: 'end' }), ['e3', 'bi'], here).remove).toEqual(['e3'])
  })

  test('a SKU that no rule names is never given and never taken', () => {
    fc.assert(
      fc.property(wishes, some, facts, (wish, held, facts) => {
        const { add, remove } = planLicences(wish, held, facts)
        expect([...add, ...remove].filter((sku) => !wish.ours.includes(sku))).toEqual([])
        expect(add.filter((sku) => held.includes(sku))).toEqual([])
        expect(remove.filter((sku) => !held.includes(sku) || !wish.agreed.includes(sku))).toEqual([])
      }),
    )
  })

  test('planning again after a plan was carried out changes nothing', () => {
    fc.assert(
      fc.property(wishes, some, facts, (wish, held, facts) => {
        const plan = planLicences(wish, held, facts)
        const before = wish.agreed.map((sku): LicenceState => ({ sku, state: 'assigned', reason: null }))
        const after = licencesAfter(wish, plan, held, 'done', before)
        const agreed = after.flatMap(({ sku, state }) => (state === 'assigned' || state === 'lost' ? [sku] : []))
        const again = planLicences({ ...wish, agreed }, applied(held, plan), facts)
        expect([again.add, again.remove]).toEqual([[], []])
      }),
    )
  })
})

describe('seats', () => {
  const asks = (userId: string, add: string[], waitsSince: number | null = null, remove: string[] = []): Asking => ({
    userId,
    waitsSince,
    plan: { add, remove, lost: [], lacking: [], kept: [] },
  })

  test('those who wait longest come first, then the order of the ids', () => {
    const { plans } = ration([asks('c', ['e3']), asks('b', ['e3'], 20), asks('a', ['e3'], 30)], new Map([['e3', 2]]))
    expect([...plans].filter(([, { add }]) => add.length > 0).map(([userId]) => userId)).toEqual(['b', 'a'])
    expect(plans.get('c')?.lacking).toEqual([{ sku: 'e3', why: 'none_left' }])
  })

  test('a licence is not taken before the one that replaces it has a seat', () => {
    const { plans } = ration([asks('a', ['e5'], null, ['e3'])], new Map([['e5', 0]]))
    expect(plans.get('a')).toMatchObject({ add: [], remove: [], kept: ['e3'] })
  })

  test('what was never bought, or cannot be read, is told apart', () => {
    expect(ration([asks('a', ['e3'])], new Map()).plans.get('a')?.lacking[0]?.why).toBe('not_bought')
    expect(ration([asks('a', ['e3'])], null).plans.get('a')?.lacking[0]?.why).toBe('unreadable')
  })

  test('never more are given than there are, and whatever is left over is given to nobody else', () => {
    const people = fc.array(fc.record({ add: some, waitsSince: fc.option(fc.nat(5)) }), { maxLength: 8 })
    fc.assert(
      fc.property(people, seats, (people, seats) => {
        const asking = people.map(({ add, waitsSince }, at) => asks(`u${at}`, add, waitsSince))
        const { plans, left } = ration(asking, seats)
        for (const [sku, free] of seats) {
          const given = [...plans.values()].filter(({ add }) => add.includes(sku)).length
          const wanted = asking.filter(({ plan }) => plan.add.includes(sku)).length
          expect(given).toBe(Math.min(free, wanted))
          expect(left?.get(sku)).toBe(free - given)
        }
        expect(ration([...asking].reverse(), seats).plans).toEqual(plans)
      }),
    )
  })
})

describe('how licences stand afterwards', () => {
  const refused = (kind: TenantFailure['kind']): TenantFailure => ({
    ...{ kind, code: 'Request_BadRequest', detail: 'No.', remedy: 'Do this.' },
    ...{ requestId: null, retryAfterMs: null },
  })
  const wanting = wish({ wanted: ['e3'] })
  const plan = planLicences(wanting, [], here)

  test('refused for want of a seat, one waits or goes without, as the connection says', () => {
    const [waits] = licencesAfter(wanting, plan, [], refused('no_seat'), [])
    expect(waits?.state).toBe('waiting')
    const [without] = licencesAfter({ ...wanting, whenNoneLeft: 'skip' }, plan, [], refused('no_seat'), [])
    expect(without?.state).toBe('failed')
  })

  test('another refusal is told with its next step', () => {
    expect(licencesAfter(wanting, plan, [], refused('forbidden'), [])).toEqual([
      { sku: 'e3', state: 'failed', reason: 'No. Do this.' },
    ])
  })

  test('a licence that could not be taken stays ours, so that it is tried again', () => {
    const leaving = wish({ agreed: ['e3'] })
    const taking = planLicences(leaving, ['e3'], here)
    expect(licencesAfter(leaving, taking, ['e3'], refused('refused'), [])).toMatchObject([
      { sku: 'e3', state: 'assigned' },
    ])
    expect(licencesAfter(leaving, taking, ['e3'], 'done', [])).toEqual([])
  })
})
