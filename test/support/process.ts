import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from './root.ts'

/** A program of this repository that runs beside the test. */
export type Program = {
  pid: number
  /** The line that said it is ready. */
  readyLine: string
  /** What it wrote so far, both streams. */
  output(): string
  /** SIGTERM, and the end of it; SIGKILL when it takes longer than `limitMs`. */
  stop(limitMs?: number): Promise<void>
  /** As pulling the plug: no chance to tidy up. */
  kill(): Promise<void>
  ended: Promise<number | null>
}

export type ProgramOptions = {
  args?: readonly string[]
  env?: Readonly<Record<string, string | undefined>>
  /** The line on standard output that says it is ready. */
  ready: RegExp
  readyMs?: number
}

/** Starts a script by its path in the repository (`gateway/cli.ts`): from the sources, or as built when `built` is set. */
export async function startProgram(script: string, options: ProgramOptions, built = false): Promise<Program> {
  const child = spawn(process.execPath, [...entry(script, built), ...(options.args ?? [])], {
    cwd: root,
    // tsx reads the gateway's settings for its pages from here.
    env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'gateway/tsconfig.json'), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (part: unknown) => {
    output = (output + String(part)).slice(-200_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = once(child, 'close').then(([code]) => code as number | null)
  try {
    const readyLine = await readyLineOf(child, options.ready, options.readyMs ?? 30_000)
    return { pid: child.pid ?? -1, readyLine, output: () => output, ended, ...endings(child, ended) }
  } catch (error) {
    child.kill('SIGKILL')
    await ended
    throw new Error(`${script} did not get ready: ${error instanceof Error ? error.message : error}\n${output}`)
  }
}

function entry(script: string, built: boolean): string[] {
  if (!built) return ['--import', 'tsx', '--conditions=source', join(root, script)]
  const [workspace = '', ...rest] = script.replace(/[.]ts$/, '.js').split('/')
  const file = join(root, workspace, 'dist', ...rest)
  if (!existsSync(file)) throw new Error(`${file} is not built. Run: npm run build`)
  return [file]
}

function readyLineOf(child: ChildProcess, ready: RegExp, limitMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error('It has no standard output.')
    const lines = createInterface(child.stdout)
    const timer = setTimeout(() => reject(new Error(`nothing after ${limitMs} ms.`)), limitMs)
    const settle = () => {
      clearTimeout(timer)
      lines.removeAllListeners()
    }
    lines.on('line', (line) => {
      if (!ready.test(line)) return
      settle()
      resolve(line)
    })
    child.once('error', reject)
    child.once('close', (code) => {
      settle()
      reject(new Error(`it ended with ${code}.`))
    })
  })
}

function endings(child: ChildProcess, ended: Promise<number | null>): Pick<Program, 'stop' | 'kill'> {
  return {
    async stop(limitMs = 10_000) {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
      await ended
      clearTimeout(timer)
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
