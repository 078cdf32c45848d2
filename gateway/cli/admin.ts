import { randomBytes } from 'node:crypto'
import { Role } from '@lockstep/shared/contract/user'
import type { Command } from 'commander'
import { dataFolderOf } from '../settings.ts'
import { createAdmin, createToken } from './local.ts'
import { dataOption } from './remote.ts'
import { CommandError, readAll, type Shell } from './shell.ts'

const rights = ['approve', 'override'] as const

/** `lockstep admin create` and `lockstep token create`: on the machine itself, over nothing but the data folder. */
export function addAdmin(program: Command, shell: Shell): void {
  program
    .command('admin')
    .description('administrators of this gateway')
    .command('create')
    .description('make somebody an administrator; the person is created where there is none')
    .requiredOption('--email <email>', 'address, also the name at sign-in')
    .option('--name <name>', 'name that people see')
    .option('--password-stdin', 'read the password from standard input; otherwise one is made and shown')
    .action(async (options: { email: string; name?: string; passwordStdin?: boolean }, command: Command) => {
      const given = options.passwordStdin ? await readAll(shell.stdin) : undefined
      const password = given ?? newPassword()
      const folder = dataFolderOf(dataOption(command), shell.env)
      await createAdmin(folder, shell.env, { email: options.email, name: options.name, password })
      shell.out(`${options.email} is an administrator.\n`)
      if (given === undefined) shell.out(`Password, shown only now: ${password}\n`)
    })

  program
    .command('token')
    .description('tokens for scripts')
    .command('create')
    .description('make a token and print it, and nothing else, on standard output')
    .requiredOption('--name <name>', 'what the token is for')
    .requiredOption('--role <role>', 'admin, helpdesk or auditor')
    .option('--allow <rights>', 'approve and override, with a comma between')
    .option('--days <days>', 'how long it works', '90')
    .action(async (options: { name: string; role: string; allow?: string; days: string }, command: Command) => {
      const role = Role.safeParse(options.role)
      if (!role.success) throw new CommandError('--role is one of admin, helpdesk, auditor.', 2)
      if (!/^[1-9]\d{0,2}$/.test(options.days)) throw new CommandError('--days is a number from 1 to 999.', 2)
      const folder = dataFolderOf(dataOption(command), shell.env)
      const token = await createToken(folder, shell.env, {
        name: options.name,
        role: role.data,
        allow: rightsIn(options.allow),
        lifeMs: Number(options.days) * 86_400_000,
      })
      shell.out(`${token}\n`)
    })
}

function rightsIn(text: string | undefined): string[] {
  const named = (text ?? '').split(',').filter((right) => right !== '')
  const unknown = named.find((right) => !rights.some((known) => known === right))
  if (unknown !== undefined) throw new CommandError(`--allow knows ${rights.join(' and ')}, not "${unknown}".`, 2)
  return named
}

/** 120 bits in the four classes that Microsoft 365 counts. */
function newPassword(): string {
  return `Lk7-${randomBytes(15).toString('base64url')}`
}
