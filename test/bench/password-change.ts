import { readFile } from 'node:fs/promises'
import type { PasswordSync, User } from '@lockstep/shared/contract/user'
import { trust } from '../support/trust.ts'
import { connect, importAll, startWorld, type World } from '../support/world.ts'
import { ms, percentile, type Row } from './table.ts'

/** How long the tenant takes for each answer, in ms: none, so that our own part shows; and as far away as Microsoft. */
const latencies = [0, 100]
const people = 25
/** A person may change it five times in an hour. */
const changesEach = 4
/** Passwords of before, so many that each change has the whole history to look at. */
const former = 6
const passwordOf = (n: number) => `Quiet-${n}-Lantern-Orbit`

/**
 * A person changes the own password: from the request until the answer that the tenant has accepted it. In turn with a
 * bare write of a password to the same tenant, which is the least that anybody could need.
 */
export async function passwordChange(): Promise<Row[]> {
  const world = await startWorld({ built: true, users: people * latencies.length, quota: 'off' })
  try {
    trust(await readFile(world.tenant.ca, 'utf8'))
    await importAll(world, await connect(world))
    const { items } = await world.gateway.client.call('GET /users', { query: { state: 'staged', limit: 100 } })
    const bareWrite = await bareWriter(world)
    const rows: Row[] = []
    for (const [round, latency] of latencies.entries()) {
      await world.tenant.call('PUT', '/latency', { ms: latency })
      const some = items.slice(round * people, (round + 1) * people)
      rows.push(rowOf(latency, await measure(world, some, bareWrite)))
    }
    return rows
  } finally {
    await world.close()
  }
}

type Times = { bare: number[]; ours: number[] }

async function measure(world: World, some: readonly User[], bareWrite: () => Promise<void>): Promise<Times> {
  const times: Times = { bare: [], ours: [] }
  await Promise.all(some.map((user) => prepare(world, user)))
  for (const user of some) {
    const cookie = await signedIn(world, user)
    for (let n = former; n < former + changesEach; n++) {
      times.bare.push(await timed(bareWrite))
      times.ours.push(await timed(() => change(world, cookie, passwordOf(n), passwordOf(n + 1))))
    }
  }
  return times
}

function rowOf(latency: number, { bare, ours }: Times): Row {
  const above = percentile(ours, 0.99) - percentile(bare, 0.99)
  return {
    what: `own password changed, accepted by a tenant ${latency} ms away, ${ours.length} times`,
    measured: `p50 ${ms(percentile(ours, 0.5))}, p99 ${ms(percentile(ours, 0.99))}`,
    against: `a bare write to the tenant: p50 ${ms(percentile(bare, 0.5))}, p99 ${ms(percentile(bare, 0.99))}; p99 is ${ms(above)} above it`,
    bar: 'p99 less than 300 ms above it',
  }
}

async function prepare({ gateway: { client } }: World, { id }: User): Promise<void> {
  await client.call('POST /users/{id}/activate', { params: { id }, body: { sendMail: false } })
  for (let n = 1; n <= former; n++)
    await client.call('PUT /users/{id}/password', { params: { id }, body: { password: passwordOf(n) } })
}

async function signedIn({ gateway }: World, { email }: User): Promise<string> {
  const answer = await fetch(`${gateway.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: passwordOf(former) }),
  })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0]
  if (cookie === undefined) throw new Error(`${email} could not sign in (${answer.status}).`)
  return cookie
}

/** Throws unless the tenant has accepted: a password that waits is no figure. */
async function change(world: World, cookie: string, currentPassword: string, newPassword: string): Promise<void> {
  const answer = await fetch(`${world.gateway.url}/api/v1/me/password`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify({ currentPassword, newPassword }),
  })
  const { sync } = (await answer.json()) as { sync?: PasswordSync[] }
  if (sync?.length !== 1 || sync[0]?.password !== 'updated')
    throw new Error(`The tenant has not taken a password (${answer.status}).`)
}

/** Sets passwords of an account that the gateway does not know, past it. */
async function bareWriter({ tenant }: World): Promise<() => Promise<void>> {
  const { login, tenantId, clientId, clientSecret, graph } = tenant
  const granted = await fetch(`${login}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${graph}/.default`,
    }),
  })
  const { access_token } = (await granted.json()) as { access_token?: string }
  const userPrincipalName = `beside@${tenant.domain}`
  const password = passwordOf(0)
  const body = {
    userPrincipalName,
    displayName: 'Beside',
    mailNickname: 'beside',
    accountEnabled: true,
    passwordProfile: { password },
  }
  await tenant.act({ act: 'create', body })
  let n = 0
  return async () => {
    n += 1
    const answer = await fetch(`${graph}/v1.0/users/${userPrincipalName}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ passwordProfile: { password: passwordOf(n), forceChangePasswordNextSignIn: false } }),
    })
    if (answer.status !== 204) throw new Error(`The tenant refused a bare write (${answer.status}).`)
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await run()
  return performance.now() - started
}
