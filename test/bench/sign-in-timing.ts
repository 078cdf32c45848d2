import { system } from '@lockstep/gateway/domain/actor'
import { type Here, startHere } from '../support/gateway-here.ts'
import { mannWhitney } from './mann-whitney.ts'
import { ms, percentile, type Row } from './table.ts'

const samples = 250
const password = 'Quiet-1-Lantern-Orbit'
const wrong = 'Quiet-2-Lantern-Orbit'

/** Who is refused, and by which password; the first is whom all others are compared with. */
const cases = [
  { what: 'nobody of this address', email: 'nobody', tried: wrong },
  { what: 'a person and a wrong password', email: 'active', tried: wrong },
  { what: 'a person with an app and a wrong password', email: 'guarded', tried: wrong },
  { what: 'a person without a password', email: 'empty', tried: wrong },
  { what: 'a staged person and the right password', email: 'staged', tried: password },
  { what: 'a suspended person and the right password', email: 'suspended', tried: password },
] as const

/** Whether the time of a refused sign-in tells who exists: each kind of refusal in turn, many times. */
export async function signInTiming(): Promise<Row[]> {
  const here = await startHere()
  try {
    await prepare(here)
    for (const one of cases) await refused(here, one)
    const times = new Map(cases.map(({ email }) => [email, [] as number[]]))
    for (let n = 0; n < samples; n++) {
      // Another order each time, so that nobody is always the one after the same.
      for (const one of [...cases.slice(n % cases.length), ...cases.slice(0, n % cases.length)])
        times.get(one.email)?.push(await refused(here, one))
    }
    const [first, ...others] = cases
    const base = times.get(first.email) ?? []
    return others.map(({ what, email }) => {
      const own = times.get(email) ?? []
      const ratio = percentile(own, 0.5) / percentile(base, 0.5)
      return {
        what: `sign-in refused: ${what}, ${samples} times`,
        measured: `p50 ${ms(percentile(own, 0.5))}`,
        against: `${first.what}: p50 ${ms(percentile(base, 0.5))}; ratio ${ratio.toFixed(3)}, Mann–Whitney p ${mannWhitney(base, own).toFixed(3)}`,
        bar: 'ratio within 5 %, p above 0.01',
      }
    })
  } finally {
    await here.close()
  }
}

async function prepare({ client, context }: Here): Promise<void> {
  const create = (name: string, more: Record<string, unknown>) =>
    client.call('POST /users', { body: { email: `${name}@contoso.example`, sendMail: false, ...more } })
  await create('active', { initialPassword: password })
  const guarded = await create('guarded', { initialPassword: password })
  await create('empty', {})
  await create('staged', { initialPassword: password, state: 'staged' })
  const { id } = await create('suspended', { initialPassword: password })
  await client.call('POST /users/{id}/suspend', { params: { id } })
  await context.store.change(system, async (change) => {
    change.quiet('an app')
    const factor = { id: 'app', user_id: guarded.id, name: 'App', sealed_seed: '', last_step: 0 }
    await change.trx
      .insertInto('totp_factors')
      .values({ ...factor, created_at: change.now })
      .execute()
  })
}

/** From the request to the end of its answer, in ms. What is counted against guessers is forgotten before. */
async function refused({ gateway, forgiveGuesses }: Here, { email, tried }: (typeof cases)[number]): Promise<number> {
  await forgiveGuesses()
  const started = performance.now()
  const answer = await fetch(`${gateway.localUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: `${email}@contoso.example`, password: tried }),
  })
  await answer.text()
  const took = performance.now() - started
  if (answer.status !== 401) throw new Error(`A sign-in of ${email} was answered with ${answer.status}.`)
  return took
}
