import { IncomingMessage } from 'node:http'

const underWay = new Map<string, Promise<unknown>>()

/** Two who bring the same token at once get one answer after the other, so that the second is not taken for a thief. */
export async function oneByOne<T>(token: string | null, work: () => Promise<T>): Promise<T> {
  if (token === null) return await work()
  const before = underWay.get(token)
  const mine = (before ?? Promise.resolve()).then(work, work)
  underWay.set(token, mine)
  try {
    return await mine
  } finally {
    if (underWay.get(token) === mine) underWay.delete(token)
  }
}

/** The same request with its body still to be read. */
export function withBody(incoming: IncomingMessage, text: string): IncomingMessage {
  const again = new IncomingMessage(incoming.socket)
  const { method, url, headers, rawHeaders, httpVersion } = incoming
  // Without `complete` its end would be taken for one that the caller has broken off.
  Object.assign(again, { method, url, headers, rawHeaders, httpVersion, complete: true })
  again.push(text)
  again.push(null)
  return again
}
