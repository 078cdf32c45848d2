// Everything that must hold before a change is good: `npm test`. Ends with the line "N passed, N failed".
import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { availableParallelism, constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { provideBrowser } from './support/browser.ts'
import { countTests } from './support/count.ts'
import { root } from './support/root.ts'

const artifacts = join(root, 'test/artifacts')
let passed = 0
let failed = 0

type Step = { name: string; folder?: string; command: string; verify?: (output: string) => string | undefined }

const tool = (folder: string, name: string) => join(root, folder, 'node_modules/.bin', name)
const tsc = tool('.', 'tsc')

const builds: Step[] = [
  { name: 'build and types: shared, gateway, test', command: `${tsc} -b gateway test` },
  {
    name: 'build: extension',
    folder: 'extension',
    command: 'npm run -s build',
  },
]
const checks: Step[] = [
  { name: 'build: pages of the gateway', folder: 'gateway', command: 'npm run -s --if-present build:assets' },
  { name: 'types: extension', folder: 'extension', command: 'npm run -s check:types' },
  { name: 'types: pages of the gateway', folder: 'gateway', command: `${tsc} -p tsconfig.browser.json` },
  { name: 'lint and format', command: 'npm run -s check:lint' },
  {
    name: 'directions of import',
    command: 'npm run -s check:imports',
    // The tool reports success when it understood no module at all.
    verify: (output) => (/\(([1-9]\d*) modules/.test(output) ? undefined : 'It looked at no modules.'),
  },
]

async function run(step: Step): Promise<void> {
  const started = performance.now()
  const { code, output } = await execute(step)
  const complaint = code === 0 ? step.verify?.(output) : `It ended with ${code}.`
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (complaint === undefined) {
    passed++
    console.log(`✓ ${step.name} (${seconds} s)`)
    return
  }
  failed++
  console.log(`✗ ${step.name} (${seconds} s): ${complaint}\n${output.trimEnd()}\n`)
}

function execute(step: Step): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(step.command, { cwd: join(root, step.folder ?? '.'), shell: true })
    let output = ''
    child.stdout.on('data', (part) => {
      output += part
    })
    child.stderr.on('data', (part) => {
      output += part
    })
    child.on('error', (error) => resolve({ code: -1, output: output + error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}

async function inParallel(steps: Step[]): Promise<void> {
  const waiting = [...steps]
  const work = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) await run(step)
  }
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work))
}

async function tests(browser: string): Promise<void> {
  const given = process.argv.slice(2)
  if (given.length > 0) return await vitest('given', browser, given)
  await vitest('most', browser, ['--project', '@lockstep/*', '--project', 'test'])
  // The browser waits often: half of the drawn histories take the time that it leaves, and no more.
  await Promise.all([
    vitest('browser', browser, ['--project', 'e2e']),
    vitest('second-half', browser, ['--project', 'second-half'], constants.priority.PRIORITY_LOW),
  ])
}

async function vitest(name: string, browser: string, which: readonly string[], priority?: number): Promise<void> {
  const report = join(artifacts, `vitest-${name}.json`)
  rmSync(report, { force: true })
  const code = await new Promise<number | null>((resolve) => {
    const options = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...which]
    const child = spawn(tool('test', 'vitest'), options, {
      cwd: join(root, 'test'),
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, LOCKSTEP_BROWSER: browser },
    })
    child.on('error', () => resolve(-1))
    child.on('close', resolve)
    // What it starts is as patient as itself.
    if (priority !== undefined && child.pid !== undefined) setPriority(child.pid, priority)
  })
  const counted = countTests(readFileSync(report, 'utf8'))
  passed += counted.passed
  // A run that fails although each test passed has met an error outside of them.
  failed += counted.failed === 0 && code !== 0 ? 1 : counted.failed
  if (counted.skipped > 0) console.log(`${counted.skipped} skipped`)
}

async function attempt(name: string, action: () => Promise<void>): Promise<void> {
  try {
    await action()
  } catch (error) {
    failed++
    console.log(`✗ ${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

await inParallel(builds)
await inParallel(checks)
await attempt('tests', async () => tests(provideBrowser((line) => console.log(line))))
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
