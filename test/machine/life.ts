import type { Hasher } from '@lockstep/gateway/directory/hasher'
import type { Runtime } from '@lockstep/gateway/domain/runtime'
import type { Network } from '@lockstep/gateway/graph/network'
import type { Store } from '@lockstep/gateway/store/store'

/** One life of a gateway, from its start to the moment when it is killed. */
export type Life = {
  readonly isOver: boolean
  /** It is killed once it has come past this many more of the places where it can be, unless it is over already. */
  endAfter(places: number): void
  /** Such a place: whoever comes here after the end never goes on. */
  pass(): Promise<void>
  /** Run when nothing of this life is needed any more. */
  readonly endings: (() => void)[]
}

export function createLife(): Life {
  let left = Number.POSITIVE_INFINITY
  return {
    endings: [],
    get isOver() {
      return left < 0
    },
    endAfter(places) {
      if (left >= 0) left = places
    },
    async pass() {
      if (left >= 0) left -= 1
      if (left < 0) await new Promise(() => {})
    },
  }
}

/** What a gateway stands on, with a possible end before and after everything that outlives it. */
export const mortal = {
  runtime: (life: Life, runtime: Runtime): Runtime => ({
    ...runtime,
    async sleep(ms, signal) {
      await life.pass()
      await runtime.sleep(ms, signal)
    },
  }),
  store: (life: Life, store: Store): Store => ({
    ...store,
    async change(actor, run) {
      await life.pass()
      const result = await store.change(actor, run)
      await life.pass()
      return result
    },
    onWake(listener) {
      const end = store.onWake((connectionId, lane) => {
        if (!life.isOver) listener(connectionId, lane)
      })
      life.endings.push(end)
      return end
    },
  }),
  network: (life: Life, network: Network): Network => ({
    ...network,
    async send(request) {
      await life.pass()
      const got = await network.send(request)
      await life.pass()
      return got
    },
  }),
  hasher: (life: Life, hasher: Hasher): Hasher => ({
    ...hasher,
    async hash(password) {
      const phc = await hasher.hash(password)
      await life.pass()
      return phc
    },
    async verify(phc, password) {
      const matches = await hasher.verify(phc, password)
      await life.pass()
      return matches
    },
  }),
}
