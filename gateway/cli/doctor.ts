import { access, constants, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { dataFolderOf, type Instance, publicUrlOf, readSettings, SettingsError } from '../settings.ts'
import { addressFile } from './address.ts'
import { examineKeys } from './doctor-keys.ts'
import { examineMail } from './doctor-mail.ts'
import { bad, type Finding, fine } from './finding.ts'
import { dataOption } from './remote.ts'
import type { Shell } from './shell.ts'
import { print } from './table.ts'

/** `lockstep doctor`: looks at this machine and this instance, and changes nothing. */
export function addDoctor(program: Command, shell: Shell): void {
  const doctor = program
    .command('doctor')
    .description('check this machine and this instance; changes nothing')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }, command: Command) => {
      report(shell, options, await examine(shell, dataFolderOf(dataOption(command), shell.env)))
    })
  doctor
    .command('mail')
    .description('check the mail server and the DNS records of the sender; with --to, send a test mail')
    .option('--to <address>', 'mailbox that a test mail goes to')
    .option('--json', 'print JSON')
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<{ to?: string; json?: boolean }>()
      const instance = await readSettings(dataFolderOf(dataOption(command), shell.env), shell.env)
      report(shell, options, await examineMail(instance, options.to ?? null))
    })
}

function report(shell: Shell, { json }: { json?: boolean }, findings: Finding[]): void {
  print(shell, json, findings, [
    { title: 'Check', of: ({ check }) => check },
    { title: 'Result', of: ({ ok }) => (ok ? 'ok' : 'look') },
    { title: 'What was found', of: ({ detail }) => detail },
    { title: 'What to do', of: ({ remedy }) => remedy },
  ])
  if (findings.some(({ ok }) => !ok)) shell.exitCode = 1
}

async function examine(shell: Shell, folder: string): Promise<Finding[]> {
  const findings = [node(), await dataFolder(folder)]
  try {
    const instance = await readSettings(folder, shell.env)
    findings.push(
      fine('settings', join(folder, 'lockstep.json')),
      ...(await examineKeys(instance)),
      publicUrl(instance),
      mail(instance),
      secondFactor(instance),
    )
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    findings.push(bad('settings', error.message, 'Mend the setting; nothing starts before.'))
  }
  findings.push(await running(shell, folder))
  return findings
}

function secondFactor({ secondFactor: demanded }: Instance): Finding {
  if (demanded === 'everybody') return fine('second factor', 'demanded of everybody')
  if (demanded === 'admins') return fine('second factor', 'demanded of administrators and helpdesk')
  const remedy = 'Take "requireSecondFactor" out of lockstep.json before other people reach this gateway.'
  return bad('second factor', 'demanded of nobody, which is for trials on this machine', remedy)
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const enough = major > 20 || (major === 20 && minor >= 19)
  const detail = `Node ${process.versions.node}`
  return enough ? fine('Node', detail) : bad('Node', detail, 'Install Node 20.19 or newer.')
}

async function dataFolder(folder: string): Promise<Finding> {
  try {
    await access(folder, constants.R_OK | constants.W_OK)
  } catch {
    return bad(
      'data folder',
      `${folder} is not there or cannot be written`,
      'Run "lockstep serve" once, or give --data.',
    )
  }
  if (process.platform !== 'win32' && ((await stat(folder)).mode & 0o077) !== 0) {
    return bad('data folder', `${folder} is open to other users of this machine`, `Run: chmod 700 ${folder}`)
  }
  return fine('data folder', folder)
}

function publicUrl(instance: Instance): Finding {
  const url = publicUrlOf(instance)
  if (url.startsWith('https:')) return fine('public URL', url)
  return bad(
    'public URL',
    `${url}: only browsers on this machine can use it`,
    'Set "publicUrl" in lockstep.json to an https origin.',
  )
}

function mail({ mail: settings }: Instance): Finding {
  if (settings !== null) return fine('mail', `from ${settings.from}`)
  return bad('mail', 'no mail server is set: nobody gets activation or reset links', 'Set "mail" in lockstep.json.')
}

async function running(shell: Shell, folder: string): Promise<Finding> {
  let url: string
  try {
    url = (await readFile(join(folder, addressFile), 'utf8')).trim()
  } catch {
    return bad('gateway', 'not running on this data folder', 'Start it with "lockstep serve".')
  }
  try {
    const ready = await shell.fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) })
    if (ready.ok) return fine('gateway', `ready at ${url}`)
    if ((await codeOf(ready)) === 'sealed')
      return bad('gateway', `sealed at ${url}: it does not have its key`, 'Bring the key back, then start it again.')
    return bad('gateway', `answers at ${url} with ${ready.status}`, 'Look at its log.')
  } catch {
    return bad('gateway', `does not answer at ${url}`, 'It may have been killed: start it with "lockstep serve".')
  }
}

async function codeOf(answer: Response): Promise<string | undefined> {
  const told = z.object({ code: z.string() }).safeParse(await answer.json().catch(() => null))
  return told.data?.code
}
