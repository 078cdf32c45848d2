// Runs the pnpm that package.json pins; needs Node and npm only.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const { packageManager } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))
const env = { ...process.env }
// Where the SQLite driver has to be compiled, node-gyp takes the headers that came with this Node instead of downloading them.
const prefix = dirname(dirname(process.execPath))
if (!env.npm_config_nodedir && existsSync(join(prefix, 'include/node/node_api.h'))) env.npm_config_nodedir = prefix
const result = spawnSync('npx', ['--yes', packageManager.split('+')[0], ...process.argv.slice(2)], {
  stdio: 'inherit',
  env,
  shell: process.platform === 'win32',
})
process.exit(result.status ?? 1)
