import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { listen } from './listen.ts'
import { SettingsError } from './settings.ts'

test('a port that is taken is said in a sentence that names it', async () => {
  const first = await listen(() => undefined, { host: '127.0.0.1', port: 0 })
  const second = listen(() => undefined, { host: '127.0.0.1', port: first.port })
  await expect(second).rejects.toThrow(SettingsError)
  await expect(second).rejects.toThrow(`127.0.0.1:${first.port}: something else listens there`)
  await first.close(0)
})

test('the end does not wait for connections over which nothing was ever asked, nor for those that wait for more', async () => {
  const listening = await listen((_, response) => response.end('yes'), { host: '127.0.0.1', port: 0 })
  const silent = connect(listening.port, '127.0.0.1')
  const ended = once(silent, 'close')
  await once(silent, 'connect')
  expect(await (await fetch(`http://127.0.0.1:${listening.port}`)).text()).toBe('yes')
  const before = performance.now()
  await listening.close(5_000)
  await ended
  expect(performance.now() - before).toBeLessThan(2_000)
})
