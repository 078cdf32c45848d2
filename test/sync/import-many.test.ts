import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { connect, importAll, startWorld, until } from '../support/world.ts'

// The full number takes longer than the normal run may.
const many = process.env['LOCKSTEP_DEEP'] === undefined ? 4_000 : 100_000
const mostMegabytes = 300

/** The most memory that a process has held so far, in MB. */
function peakOf(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

test.runIf(process.platform === 'linux')(
  `${many} accounts are listed, found and imported within ${mostMegabytes} MB`,
  async () => {
    const world = await startWorld({ users: many, quota: 'off' })
    try {
      const connection = await connect(world, 'observe')
      const list = (query: Record<string, string>) =>
        world.gateway.client.call('GET /connections/{id}/accounts', {
          params: { id: connection },
          query: { limit: 50, ...query },
        })
      const read = async () =>
        (await world.gateway.client.call('GET /connections/{id}', { params: { id: connection } })).lastCycle !== null
      await until('the first read', read, 600_000)
      expect((await list({ count: 'true' })).total).toBe(many + 3)
      const job = await importAll(world, connection, 1_200_000)
      expect(job).toMatchObject({ state: 'done', total: many + 3, done: many + 3, failed: 0 })
      const pages = [await list({ status: 'imported' }), await list({ status: 'new' }), await list({ search: 'weber' })]
      expect(pages.map(({ items }) => items.length)).toEqual([50, 0, 50])
      expect(peakOf(world.gateway.program.pid)).toBeLessThan(mostMegabytes)
    } finally {
      await world.close()
    }
  },
  1_800_000,
)
