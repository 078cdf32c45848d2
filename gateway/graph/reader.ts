import type { z } from 'zod'
import type { Log } from '../domain/log.ts'
import type { Runtime } from '../domain/runtime.ts'
import { type Answered, batchSize, sendAsBatch, sendTogether } from './batch.ts'
import { type Answer, failureOf, TenantError, unreachable } from './failure.ts'
import type { Governor, Lane } from './governor.ts'
import { slowDownOf } from './throttled.ts'
import { ReadRefused, type Transport } from './transport.ts'
import { Page } from './wire.ts'

/** Reads of a tenant under its governor. All throw TenantError; ReadRefused where the tenant said no. */
export type Reader = {
  read(url: string, units?: number): Promise<unknown>
  pages(url: string, units?: number): AsyncGenerator<unknown[]>
  /** All items of a listing, page by page. */
  items(url: string, units?: number): AsyncGenerator<unknown>
  /** Many reads, 20 to a request. The answers come in their order, those that say no included. */
  readMany(urls: readonly string[]): Promise<Answer[]>
  /** A file in base64, whatever it holds: that is how a batch answers it. */
  readFile(url: string): Promise<Answer>
}

/** Batches of reads under way at once. */
const batchesAtOnce = 6

/** `patienceMs`: how long a read that the tenant puts off may take in all before it counts as refused. */
export function createReader(deps: {
  transport: Transport
  governor: Governor
  runtime: Runtime
  log: Log
  lane: Lane
  patienceMs: number
}): Reader {
  const { transport, governor, runtime, lane } = deps

  const answerTo = (answered: Answered): Answer => {
    if (answered.kind === 'answer') return answered.answer
    throw answered.kind === 'refused' ? answered.error : new TenantError(unreachable(answered.error.message))
  }

  /** Sends these, and those again that were put off, until all have an answer or patience ends. */
  const ask = async (urls: readonly string[], units: number, send = sendTogether): Promise<Answer[]> => {
    const answers = new Map<string, Answer>()
    const until = runtime.now() + deps.patienceMs
    let open = [...new Set(urls)]
    for (let attempt = 0; open.length > 0; attempt++) {
      await governor.admit(lane, { writes: 0, units: units * open.length })
      const sent = open
      const got = await send(
        transport,
        sent.map((url) => ({ method: 'GET', url })),
        lane,
      )
      const putOff = sent.flatMap((url, index) => {
        const answer = answerTo(got[index] as Answered)
        answers.set(url, answer)
        return isPutOff(answer, runtime.now()) ? [{ url, answer }] : []
      })
      const waits = putOff.map(({ answer }) => slowDownOf(answer, attempt, runtime))
      const ms = Math.max(0, ...waits.map((wait) => wait.ms))
      if (putOff.length === 0 || runtime.now() + ms > until) break
      deps.log({ msg: 'the tenant asked to slow down', reads: putOff.length, waitMs: ms })
      governor.slowDown(ms, waits.find(({ exhausted }) => exhausted !== null)?.exhausted ?? null)
      open = putOff.map(({ url }) => url)
    }
    return urls.map((url) => answers.get(url) as Answer)
  }

  const read = async (url: string, units = 1): Promise<unknown> => {
    const [answer] = (await ask([url], units)) as [Answer]
    if (answer.status >= 200 && answer.status < 300) return answer.body
    throw new ReadRefused(answer, failureOf(answer, 'read', runtime.now()))
  }

  async function* pages(url: string, units = 1): AsyncGenerator<unknown[]> {
    for (let link: string | undefined = url; link !== undefined; ) {
      const page: z.infer<typeof Page> = parsed(Page, await read(link, units), link)
      yield page.value
      link = nextOf(link, page['@odata.nextLink'])
    }
  }

  return {
    read,
    async readFile(url) {
      const [answer] = (await ask([url], 1, sendAsBatch)) as [Answer]
      return answer
    },
    pages,
    async *items(url, units) {
      for await (const page of pages(url, units)) yield* page
    },
    async readMany(urls) {
      const chunks: { at: number; urls: string[] }[] = []
      for (let at = 0; at < urls.length; at += batchSize) chunks.push({ at, urls: urls.slice(at, at + batchSize) })
      const answers: Answer[] = []
      const worker = async () => {
        for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
          const { at } = chunk
          const got = await ask(chunk.urls, 1)
          got.forEach((answer, index) => {
            answers[at + index] = answer
          })
        }
      }
      await Promise.all(Array.from({ length: Math.min(batchesAtOnce, chunks.length) }, worker))
      return answers
    },
  }
}

const isPutOff = (answer: Answer, now: number) =>
  answer.status === 429 ||
  answer.status === 503 ||
  (answer.status >= 400 && failureOf(answer, 'read', now).kind === 'throttled')

/** A link that leads to itself would be followed forever. */
export function nextOf(link: string, next: string | undefined): string | undefined {
  if (next !== undefined && next === link) throw malformed(`${pathOf(link)}: the next page is the same page`)
  return next
}

/** An answer that is not what Graph documents makes no plan: it stops the cycle with its name. */
export function parsed<T extends z.ZodType>(schema: T, value: unknown, url: string): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw malformed(`${pathOf(url)}: ${result.error.issues[0]?.path.join('.') ?? ''}`)
}

const pathOf = (url: string) => url.replace(/^https:\/\/[^/]*/, '').split('?')[0] ?? ''

const malformed = (where: string) =>
  new TenantError({
    kind: 'unavailable',
    code: 'malformed_answer',
    detail: `Microsoft 365 answered something unreadable (${where}).`,
    remedy: 'Lockstep tries again by itself. If it stays, check for a proxy between this machine and Microsoft Graph.',
    requestId: null,
    retryAfterMs: null,
  })

/** The items of an answer that holds a collection. */
export const listOf = <T extends z.ZodType>(schema: T, body: unknown, url: string): z.output<T>[] =>
  parsed(Page, body, url).value.map((item) => parsed(schema, item, url))
