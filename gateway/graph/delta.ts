import type { AccountId } from '@lockstep/shared/contract/ids'
import type { z } from 'zod'
import type { Log } from '../domain/log.ts'
import { deltaSelect } from './attributes.ts'
import { isDeadToken } from './failure.ts'
import { nextOf, parsed, type Reader } from './reader.ts'
import { ReadRefused } from './transport.ts'
import { GraphUser, observe, Page, type PartialObservation } from './wire.ts'

/** A page of a delta round. The last one holds the link of the next round. */
export type ObservedPage =
  | {
      kind: 'page'
      accounts: PartialObservation[]
      removed: { id: AccountId; reason: string }[]
      deltaLink: string | null
    }
  | { kind: 'reset' }

const firstUrl = `/users/delta?$select=${deltaSelect.join(',')}`

/** One round from the link, or from the beginning. A token that the tenant has forgotten, of a page or of a round, is a reset. */
export async function* followDelta(
  deps: { reader: Reader; log: Log; learn: (people: number) => void },
  deltaLink: string | null,
): AsyncGenerator<ObservedPage> {
  const whole = deltaLink === null
  let people = 0
  for (let link = deltaLink ?? firstUrl; ; ) {
    const body = await readPage(deps.reader, link)
    if (body === dead) {
      deps.log({ msg: 'the tenant has forgotten a delta token' })
      yield { kind: 'reset' }
      return
    }
    const page: z.infer<typeof Page> = parsed(Page, body, link)
    const users = page.value.map((item) => parsed(GraphUser, item, link))
    const next = nextOf(link, page['@odata.nextLink'])
    const present = users.filter((user) => user['@removed'] === undefined)
    people += present.length
    yield {
      kind: 'page',
      accounts: present.map((user) => observe(user, whole)),
      removed: users.flatMap((user) =>
        user['@removed'] === undefined ? [] : [{ id: user.id, reason: user['@removed'].reason }],
      ),
      deltaLink: next === undefined ? (page['@odata.deltaLink'] ?? null) : null,
    }
    if (next === undefined) break
    link = next
  }
  if (whole) deps.learn(people)
}

const dead = Symbol('dead')

async function readPage(reader: Reader, link: string): Promise<unknown> {
  try {
    return await reader.read(link)
  } catch (error) {
    if (link !== firstUrl && error instanceof ReadRefused && isDeadToken(error.answer)) return dead
    throw error
  }
}
