import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { root } from './root.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge']
const macs = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Path of a Chromium that is on this machine, or undefined. LOCKSTEP_BROWSER and CHROME_PATH come first. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const inPath = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  const given = [env['LOCKSTEP_BROWSER'], env['CHROME_PATH'], env['PUPPETEER_EXECUTABLE_PATH']]
  return [...given, ...inPath, ...macs].find(
    (path): path is string => path !== undefined && path !== '' && existsSync(path),
  )
}

/**
 * A Chromium that starts: one that is there, else the system's package (Debian and its kin, as root), else puppeteer's
 * download. Throws an Error that says what to do when none of these works.
 */
export function provideBrowser(say: (line: string) => void): string {
  const present = findBrowser()
  if (present !== undefined && starts(present)) return present
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('No browser here: installing the package chromium.')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env, stdio: 'ignore' })
    const installed = findBrowser()
    if (installed !== undefined && starts(installed)) return installed
  }
  say('No browser here: downloading one with puppeteer.')
  const tool = join(root, 'test/node_modules/.bin/puppeteer')
  const deps = process.platform === 'linux' && process.getuid?.() === 0 ? ['--install-deps'] : []
  const { stdout } = spawnSync(tool, ['browsers', 'install', 'chrome', ...deps, '--format', '{{path}}'], {
    encoding: 'utf8',
  })
  const downloaded = (stdout ?? '').trim().split('\n').at(-1)
  if (downloaded && existsSync(downloaded) && starts(downloaded)) return downloaded
  throw new Error('No Chromium could be found, installed or downloaded. Install one and set CHROME_PATH to its path.')
}

function starts(path: string): boolean {
  return spawnSync(path, ['--version'], { timeout: 20_000, stdio: 'ignore' }).status === 0
}
