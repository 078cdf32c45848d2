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
