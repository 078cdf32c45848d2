import type { User } from '@lockstep/shared/contract/user'
import { connect, importAll, startWorld } from '../support/world.ts'
import { ms, percentile, type Row } from './table.ts'

const changes = 100
const passwordOf = (n: number) => `Quiet-${n}-Lantern-Orbit`

/** How long an admin's password takes until the tenant has accepted it, beside the tenant's own answer to a read. */
export async function passwordChange(): Promise<Row[]> {
  const world = await startWorld({ built: true, quota: 'off' })
  try {
    const connection = await connect(world)
    await importAll(world, connection)
    const { client } = world.gateway
    const { items } = await client.call('GET /users', { query: { state: 'staged', limit: 1 } })
    const { id } = items[0] as User
    await client.call('POST /users/{id}/activate', { params: { id }, body: { sendMail: false } })
    const own: number[] = []
    const taken: number[] = []
    for (let n = 0; n < changes; n++) {
      own.push(await timed(() => world.tenant.counts()))
      taken.push(
        await timed(() =>
          client.call('PUT /users/{id}/password', { params: { id }, body: { password: passwordOf(n) } }),
        ),
      )
    }
    return [
      {
        what: `password set to accepted by the tenant, ${changes} times`,
        measured: `p50 ${ms(percentile(taken, 0.5))}, p99 ${ms(percentile(taken, 0.99))}`,
        against: `tenant's own answer p99 ${ms(percentile(own, 0.99))}`,
        bar: 'p99 at most 300 ms above it',
      },
    ]
  } finally {
    await world.close()
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await run()
  return performance.now() - started
}
