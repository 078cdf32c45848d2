import { connect, importAll, jobDone, startWorld, until } from '../support/world.ts'
import type { Row } from './table.ts'

/** What a cycle with nothing to do asks of Graph. */
export async function idleCycle(): Promise<Row[]> {
  const people = 1_000
  const world = await startWorld({ built: true, users: people, quota: 'off' })
  try {
    const connection = await connect(world)
    await importAll(world, connection)
    const { client } = world.gateway
    const ready = async () =>
      (await client.call('GET /connections/{id}', { params: { id: connection } })).counts.inSync === people
    await until('all in sync', ready)
    const cycle = async () =>
      await jobDone(world, (await client.call('POST /connections/{id}/sync', { params: { id: connection } })).job)
    await cycle()
    await world.tenant.call('POST', '/reset-log')
    await cycle()
    const counts = Object.entries(await world.tenant.counts()).map(([request, count]) => `${count} × ${request}`)
    return [
      {
        what: `a cycle with nothing to do, ${people} bound`,
        measured: counts.join(', '),
        against: '–',
        bar: 'one request per kind of object',
      },
    ]
  } finally {
    await world.close()
  }
}
