import { attributeNames } from '@lockstep/shared/contract/attributes'
import type { AccountId } from '@lockstep/shared/contract/ids'
import type { Attributes, ObservedAccount } from './account.ts'
import type { Runtime } from './runtime.ts'

export type TestRuntime = Runtime & {
  /** Moves the clock and lets everybody go on who slept until then. */
  advance(ms: number): Promise<void>
}

/** A runtime that a seed determines: counted ids, repeatable bytes, and a clock that only the test moves. */
export function testRuntime(seed = 1, startsAt = Date.UTC(2026, 0, 5, 9)): TestRuntime {
  let now = startsAt
  let ids = 0
  let state = seed >>> 0
  let sleepers: { at: number; wake: () => void }[] = []
  const nextByte = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  }
  return {
    now: () => now,
    newId: () => `t${seed}-${String(++ids).padStart(6, '0')}`,
    randomBytes: (count) => Uint8Array.from({ length: count }, nextByte),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true || ms <= 0) return resolve()
        sleepers.push({ at: now + ms, wake: resolve })
        signal?.addEventListener('abort', () => resolve(), { once: true })
      }),
    async advance(ms) {
      const until = now + ms
      for (;;) {
        const due = sleepers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (due === undefined) break
        sleepers = sleepers.filter((each) => each !== due)
        now = Math.max(now, due.at)
        due.wake()
        await new Promise((resolve) => setImmediate(resolve))
      }
      now = until
    },
  }
}

export const noAttributes = Object.fromEntries(attributeNames.map((name) => [name, null])) as Attributes

/** The object id of the account that tests speak of when they need only one. */
export const testAccountId = '11111111-1111-4111-8111-111111111111' as AccountId

/** Ana's account: enabled, with nothing filled in, apart from what is given. */
export const testAccount = (some: Partial<ObservedAccount> = {}): ObservedAccount => ({
  id: testAccountId,
  userPrincipalName: 'ana@contoso.example',
  mail: null,
  addresses: [],
  enabled: true,
  immutableId: null,
  guest: false,
  synced: false,
  restricted: false,
  attributes: noAttributes,
  manager: null,
  passwordPolicies: null,
  passwordChangedAt: null,
  createdAt: null,
  ...some,
})
