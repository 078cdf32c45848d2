import type { Readable } from 'node:stream'

/** 0 done, 1 failed, 2 wrong usage, 3 done in part. */
export type ExitCode = 0 | 1 | 2 | 3

/** What a command sees of the world around it; tests pass their own. */
export type Shell = {
  out(text: string): void
  err(text: string): void
  stdin: Readable
  /** Standard output is a terminal: bars may be drawn. */
  terminal: boolean
  env: Readonly<Record<string, string | undefined>>
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Aborted when the person or the system asks the command to end. */
  ending: AbortSignal
  exitCode: ExitCode
}

/** The command cannot go on; the message is a sentence for the person who typed it. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: ExitCode
  constructor(message: string, exitCode: ExitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** What is typed until the end of the line. */
export async function readLine(stdin: Readable): Promise<string> {
  let text = ''
  for await (const part of stdin) {
    text += String(part)
    if (text.includes('\n') || text.length > 1_024) break
  }
  return text.split('\n')[0]?.trim() ?? ''
}

/** The whole of standard input without its last line break; at most `limit` characters. */
export async function readAll(stdin: Readable, limit = 1024): Promise<string> {
  let text = ''
  for await (const part of stdin) {
    text += String(part)
    if (text.length > limit) throw new CommandError('There is more on standard input than was expected.', 2)
  }
  return text.replace(/\r?\n$/, '')
}
