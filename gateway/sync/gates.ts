/**
 * One gate per binding: whoever plans or writes for a binding holds its gate, so that two never create, change or send a
 * password to the same account at the same time.
 */
export type Gates = {
  /** Waits for the gate. The function returned opens it again. */
  enter(key: string): Promise<() => void>
  /** Enters only if nobody is inside. */
  tryEnter(key: string): (() => void) | null
  /** Waits until whoever is inside or waits now has left; enters nothing. */
  passed(key: string): Promise<void>
  /** Counted writes of a connection that went past the brake and are not recorded yet. */
  readonly underWay: Map<string, number>
}

export function createGates(): Gates {
  const tails = new Map<string, Promise<void>>()
  const hold = (key: string, before: Promise<void>) => {
    let open: () => void = () => {}
    const mine = new Promise<void>((resolve) => {
      open = resolve
    })
    const tail = before.then(() => mine)
    tails.set(key, tail)
    return () => {
      open()
      if (tails.get(key) === tail) tails.delete(key)
    }
  }
  return {
    async enter(key) {
      const before = tails.get(key) ?? Promise.resolve()
      const leave = hold(key, before)
      await before
      return leave
    },
    tryEnter(key) {
      return tails.has(key) ? null : hold(key, Promise.resolve())
    },
    passed: (key) => tails.get(key) ?? Promise.resolve(),
    underWay: new Map(),
  }
}

/** Who asks the brake, one after the other: two that ask at once would both be told that there is room. */
export const brakeKey = (connectionId: string) => `${connectionId} brake`

export const gateKey = (connectionId: string, userId: string) => `${connectionId} ${userId}`
