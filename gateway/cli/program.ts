import { ProblemError } from '@lockstep/shared/client/client'
import { Command, CommanderError } from 'commander'
import { Problem } from '../domain/problem.ts'
import { SettingsError } from '../settings.ts'
import { KeyMismatch } from '../store/vault.ts'
import { addAdmin } from './admin.ts'
import { addBindings } from './bindings.ts'
import { addConnections } from './connections.ts'
import { addDemo } from './demo.ts'
import { addDoctor } from './doctor.ts'
import { addDrift } from './drift.ts'
import { addEvents } from './events.ts'
import { addGroups } from './groups.ts'
import { addImport } from './import.ts'
import { addKey } from './key.ts'
import { addLogin } from './login.ts'
import { addMails } from './mails.ts'
import { addMap } from './map.ts'
import { addReadiness } from './readiness.ts'
import { addRollout } from './rollout.ts'
import { addServe } from './serve.ts'
import { CommandError, type ExitCode, type Shell } from './shell.ts'
import { plain } from './table.ts'
import { addUndo } from './undo.ts'
import { addUsers } from './users.ts'

/** Runs one command line; what went wrong is said on standard error, as a sentence. */
export async function runCommand(args: readonly string[], shell: Shell): Promise<ExitCode> {
  try {
    await programOf(shell).parseAsync(args, { from: 'user' })
    return shell.exitCode
  } catch (error) {
    // Commander has said by itself what was wrong; help that was asked for is no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    return said(error, shell)
  }
}

function programOf(shell: Shell): Command {
  const program = new Command('lockstep')
    .description('A directory of your own that owns the passwords of Microsoft 365.')
    .option('--data <folder>', 'data folder (LOCKSTEP_DATA, else .data)')
    .configureOutput({ writeOut: shell.out, writeErr: shell.err })
    .exitOverride()
  addServe(program, shell)
  addDemo(program, shell)
  addDoctor(program, shell)
  addLogin(program, shell)
  addAdmin(program, shell)
  addUsers(program, shell)
  addConnections(program, shell)
  addImport(program, shell)
  addBindings(program, shell)
  addReadiness(program, shell)
  addRollout(program, shell)
  addDrift(program, shell)
  addUndo(program, shell)
  addGroups(program, shell)
  addMap(program, shell)
  addMails(program, shell)
  addEvents(program, shell)
  addKey(program, shell)
  return program
}

function said(error: unknown, shell: Shell): ExitCode {
  if (error instanceof CommandError) {
    shell.err(`${error.message}\n`)
    return error.exitCode
  }
  if (error instanceof ProblemError) {
    shell.err(`${plain(error.problem.title)}: ${plain(error.problem.detail)}\n`)
    if (error.problem.code === 'step_up_needed') shell.err('Sign in again with "lockstep login", then repeat this.\n')
    for (const { path, message } of error.problem.errors ?? []) shell.err(`  ${plain(path)}: ${plain(message)}\n`)
    return error.problem.code === 'validation_failed' ? 2 : 1
  }
  if (error instanceof SettingsError || error instanceof Problem || error instanceof KeyMismatch) {
    shell.err(`${error.message}\n`)
    return 1
  }
  shell.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return 1
}
