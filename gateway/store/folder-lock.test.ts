import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder } from './folder-lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a folder has one gateway, until that one lets go', () => {
  const first = lockFolder(folder)
  expect(first).toBeDefined()
  expect(lockFolder(folder)).toBeUndefined()
  first?.release()
  const second = lockFolder(folder)
  expect(second).toBeDefined()
  second?.release()
})

test('the lock of a gateway that was killed is free at once', async () => {
  const script = `import { lockFolder } from ${JSON.stringify(fileURLToPath(new URL('folder-lock.ts', import.meta.url)))}
    lockFolder(${JSON.stringify(folder)})
    process.stdout.write('locked')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(lockFolder(folder)).toBeUndefined()
  child.kill('SIGKILL')
  await once(child, 'close')
  const mine = lockFolder(folder)
  expect(mine).toBeDefined()
  mine?.release()
})
