import { type Client, ProblemError } from '@lockstep/shared/client/client'
import { describe, expect, it } from 'vitest'
import { confirming } from './confirming.ts'

const refused = (code: string) => new ProblemError({ type: '', title: '', status: 403, detail: '', code } as never)

/** A gateway that refuses so often before it answers. */
function gateway(...refusals: string[]) {
  const calls: unknown[] = []
  const call = async (...given: unknown[]) => {
    calls.push(given)
    const code = refusals.shift()
    if (code !== undefined) throw refused(code)
    return 'done'
  }
  return { client: { call } as unknown as Client, calls }
}
const ask = (client: Client, yes: boolean, asked: number[] = []) => {
  const confirmed = confirming(client, async () => asked.push(1) > 0 && yes)
  return confirmed.call('POST /users/{id}/factors/reset', { params: { id: 'u1' } } as never)
}

describe('what the gateway does for people alone who confirmed lately', () => {
  it('is asked for again, as it was, after the person has confirmed', async () => {
    const { client, calls } = gateway('step_up_needed')
    const asked: number[] = []
    expect(await ask(client, true, asked)).toBe('done')
    expect(calls[1]).toEqual(calls[0])
    expect([calls.length, asked.length]).toEqual([2, 1])
  })

  it('is not, when the window was closed', async () => {
    const { client, calls } = gateway('step_up_needed')
    await expect(ask(client, false)).rejects.toThrow(ProblemError)
    expect(calls).toHaveLength(1)
  })

  it('is not asked for a third time', async () => {
    const { client, calls } = gateway('step_up_needed', 'step_up_needed')
    await expect(ask(client, true)).rejects.toThrow(ProblemError)
    expect(calls).toHaveLength(2)
  })

  it('leaves every other refusal alone', async () => {
    const { client } = gateway('forbidden')
    const asked: number[] = []
    await expect(ask(client, true, asked)).rejects.toThrow(ProblemError)
    expect(asked).toEqual([])
  })
})
