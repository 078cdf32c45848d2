import { expect, test } from 'vitest'
import { nextDelivery, type Refusal } from './delivery.ts'

test.each<[string, Refusal, string]>([
  ['a mailbox that does not exist', { code: 'EENVELOPE', answer: 550, command: 'RCPT TO' }, 'bounced'],
  ['a letter that is refused as spam', { code: 'EMESSAGE', answer: 554, command: 'DATA' }, 'bounced'],
  ['a full mailbox', { code: 'EENVELOPE', answer: 452, command: 'RCPT TO' }, 'queued'],
  ['a sender that the server does not know', { code: 'EENVELOPE', answer: 550, command: 'MAIL FROM' }, 'queued'],
  ['a wrong password of ours', { code: 'EAUTH', answer: 535, command: 'AUTH PLAIN' }, 'queued'],
  ['a server that is away', { code: 'ECONNECTION', answer: null, command: 'CONN' }, 'queued'],
])('%s', (_, refusal, state) => {
  expect(nextDelivery(0, refusal).state).toBe(state)
})

test('attempts are ever further apart, and end', () => {
  const away: Refusal = { code: 'ETIMEDOUT', answer: null, command: null }
  const waits = []
  for (let attempt = 0; attempt < 10; attempt++) {
    const next = nextDelivery(attempt, away)
    if (next.state !== 'queued') {
      expect(next).toEqual({ state: 'failed' })
      break
    }
    waits.push(next.waitMs)
  }
  expect(waits).toHaveLength(6)
  expect(waits).toEqual([...waits].sort((a, b) => a - b))
})
