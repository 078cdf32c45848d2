import { expect, test } from 'vitest'
import { messagesIn } from './server-sent.ts'

async function* bytes(...parts: string[]) {
  for (const part of parts) yield new TextEncoder().encode(part)
}

test('messages of a stream are put together wherever the network cut them', async () => {
  const found = []
  for await (const message of messagesIn(
    bytes(': hello\n\nid: 1\nda', 'ta: {"a":\ndata: 1}\n', '\nid: 2\r\ndata: x\r\n\r\n', 'data: half'),
  )) {
    found.push(message)
  }
  expect(found).toEqual([
    { id: '1', data: '{"a":\n1}' },
    { id: '2', data: 'x' },
  ])
})
