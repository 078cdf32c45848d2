import type { Network } from '@lockstep/gateway/graph/network'
import { createGraph } from '../practice-tenant/graph.ts'
import { Quota } from '../practice-tenant/quota.ts'
import { guidFrom, randomFrom } from '../practice-tenant/random.ts'
import { practiceDefaults, practiceState } from '../practice-tenant/start.ts'
import type { State } from '../practice-tenant/state.ts'
import type { Time } from './time.ts'
import { createWitness, isWrite, noteLookUps, noteWrites, type Part, partsOf, type Witness } from './witness.ts'

/** A practice tenant in this process: no sockets, the test's own clock, and a witness at its door. */
export type Practice = { state: State; witness: Witness; network: Network; origin: string }

/** The longest that a request takes each way, in ms. */
const wayMs = 40

export function openPractice(time: Time, seed: number, people: number): Practice {
  let ids = 0
  const newId = () => guidFrom(`${seed} ${++ids}`)
  const given = { ...practiceDefaults, users: people, seed, tenantId: guidFrom(`tenant ${seed}`) }
  const state = practiceState(given, { now: time.now, newId })
  const graph = createGraph(state, new Quota(state))
  const witness = createWitness()
  const origin = 'https://graph.microsoft.com'
  const random = randomFrom(seed + 1)
  const way = () => time.sleep(1 + Math.floor(random() * wayMs))

  const send: Network['send'] = async ({ method, path, headers, body }) => {
    const url = new URL(path, origin)
    const call = { method, url, headers, body: body === null ? null : JSON.parse(body) }
    const parts = partsOf(call)
    for (const part of parts) if (isWrite(part) && part.eventId !== null) witness.sent.add(part.eventId)
    await way()
    const from = { log: state.log.length, audits: state.audits.length }
    const before = beforeOf(state, parts)
    const reply = await graph.handle({
      method,
      path: url.pathname.slice('/v1.0'.length),
      query: url.searchParams,
      headers,
      body: call.body,
      origin,
      batch: false,
      caller: { appId: state.app.clientId, permissions: state.app.permissions, userId: null, roles: state.app.roles },
    })
    const log = state.log.slice(from.log).filter((entry) => entry.path !== '/$batch')
    noteWrites(witness, state, parts, log, state.audits.slice(from.audits), before)
    noteLookUps(witness, state.now(), parts, answersOf(reply.body, parts.length))
    await way()
    if (reply.drop === true) throw new Error('The connection broke.')
    return { status: reply.status, headers: reply.headers, text: textOf(reply.body) }
  }
  return { state, witness, network: { send, close: async () => {} }, origin }
}

function beforeOf(state: State, parts: readonly Part[]): Map<string, Record<string, unknown>> {
  const before = new Map<string, Record<string, unknown>>()
  for (const part of parts) {
    const id = /[0-9a-f]{8}-[0-9a-f-]{27}/i.exec(part.path)?.[0]?.toLowerCase()
    const properties = id === undefined ? undefined : state.people.get(id)?.properties
    if (id !== undefined && properties !== undefined && isWrite(part)) before.set(id, properties)
  }
  return before
}

/** The bodies of the answers in the order of the requests. */
function answersOf(body: unknown, count: number): unknown[] {
  const { responses } = (body ?? {}) as { responses?: { id: string; body: unknown }[] }
  if (responses === undefined) return [body]
  return Array.from({ length: count }, (_, index) => responses.find(({ id }) => id === String(index + 1))?.body)
}

const textOf = (body: unknown) => (body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body))
