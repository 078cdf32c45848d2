import { Problem } from '../domain/problem.ts'

export type FirstOrAgain =
  | { kind: 'first' }
  | { kind: 'again'; status: number; answer: string | null }
  | { kind: 'other_request' }
  | { kind: 'in_flight' }

/** Remembers requests for 24 h by scope and key. Answers hold no secret; requests are known by a keyed MAC alone. */
export type IdempotencyMemory = {
  begin(scope: string, key: string, fingerprint: string): Promise<FirstOrAgain>
  finish(scope: string, key: string, status: number, answer: string | null): Promise<void>
  forget(scope: string, key: string): Promise<void>
  mac(text: string): string
}

export type Answered = { status: number; body: string | null }

/** Runs at most once per key; a refusal is forgotten, since it changed nothing and may go well next time. */
export async function once(
  memory: IdempotencyMemory,
  request: { scope: string; key: string; content: string; isSecret: boolean },
  run: () => Promise<Answered>,
): Promise<Answered> {
  const { scope, key } = request
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Problem('malformed_request', 'Give an Idempotency-Key of 1 to 255 visible ASCII characters.')
  }
  const before = await memory.begin(scope, key, memory.mac(request.content))
  switch (before.kind) {
    case 'again':
      if (request.isSecret) {
        const detail = 'This was done, and its answer was told once: it is not kept. Ask with another Idempotency-Key.'
        throw new Problem('answer_not_kept', detail)
      }
      return { status: before.status, body: before.answer }
    case 'other_request':
      throw new Problem('idempotency_key_reused', 'Use a new Idempotency-Key for a new request.')
    case 'in_flight':
      throw new Problem('idempotency_in_flight', 'Wait for the first request, then ask again.', {
        retryAfterSeconds: 1,
      })
    case 'first':
  }
  try {
    const answered = await run()
    await memory.finish(scope, key, answered.status, request.isSecret ? null : answered.body)
    return answered
  } catch (error) {
    await memory.forget(scope, key)
    throw error
  }
}
