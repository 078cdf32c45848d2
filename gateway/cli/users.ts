import { readFile } from 'node:fs/promises'
import type { User } from '@lockstep/shared/contract/user'
import type { Command } from 'commander'
import { renderUnicodeCompact } from 'uqr'
import { report } from './bindings.ts'
import { all, connect, dataOption, findUser, finish } from './remote.ts'
import { CommandError, readAll, type Shell } from './shell.ts'
import { type Column, print, printJson } from './table.ts'

const columns: Column<User>[] = [
  { title: 'Email', of: (user) => user.email },
  { title: 'Name', of: (user) => user.displayName },
  { title: 'State', of: (user) => user.state },
  { title: 'Role', of: (user) => user.role },
  { title: 'Password', of: (user) => user.password.state },
  { title: 'Microsoft 365', of: (user) => user.bindings.map(({ state }) => state).join(', ') },
  {
    title: 'Licences there',
    of: (user) =>
      user.bindings
        .flatMap(({ licences }) =>
          licences.map(({ name, state }) => (state === 'assigned' ? name : `${name} (${state})`)),
        )
        .join(', '),
  },
  { title: 'Password there', of: (user) => user.bindings.map(({ password }) => password.state).join(', ') },
]

type Json = { json?: boolean }
type ListOptions = Json & {
  search?: string
  state?: User['state']
  binding?: 'bound' | 'unbound' | 'drifted' | 'failed'
}
type CreateOptions = Json & { email: string; name?: string; staged?: boolean; mail: boolean; passwordStdin?: boolean }

/** In characters. */
const longestCsv = 32 * 1024 * 1024

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new CommandError(`${file} cannot be read.`, 2)
  }
}

/** `lockstep users …` */
export function addUsers(program: Command, shell: Shell): void {
  const users = program.command('users').description('the people in the directory')

  users
    .command('list')
    .description('list people')
    .option('--search <text>', 'beginnings of name words or of the email')
    .option('--state <state>', 'staged, active or suspended')
    .option('--binding <binding>', 'bound, unbound, drifted or failed')
    .option('--json', 'print JSON')
    .action(async (options: ListOptions, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { search, state, binding } = options
      const filter = { ...(search && { search }), ...(state && { state }), ...(binding && { binding }) }
      const found = await all((cursor) =>
        client.call('GET /users', { query: { limit: 500, ...filter, ...(cursor !== undefined && { cursor }) } }),
      )
      print(shell, options.json, found, columns)
    })

  users
    .command('show')
    .description('show one person')
    .argument('<user>', 'email or id')
    .option('--json', 'print JSON')
    .action(async (named: string, options: Json, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const user = await findUser(client, named)
      if (options.json) return printJson(shell, user)
      print(shell, false, [user], columns)
      for (const { error } of user.bindings) if (error) shell.out(`\n${error.detail}\n${error.remedy}\n`)
    })

  users
    .command('create')
    .description('create a person')
    .requiredOption('--email <email>', 'address, also the name at sign-in')
    .option('--name <name>', 'name that people see')
    .option('--staged', 'leave the person inactive for now')
    .option('--password-stdin', 'read a first password from standard input')
    .option('--no-mail', 'send no mail')
    .option('--json', 'print JSON')
    .action(async (options: CreateOptions, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const user = await client.call('POST /users', {
        body: {
          email: options.email,
          ...(options.name !== undefined && { displayName: options.name }),
          state: options.staged ? 'staged' : 'active',
          ...(options.passwordStdin && { initialPassword: await readAll(shell.stdin) }),
          sendMail: options.mail,
        },
      })
      if (options.json) return printJson(shell, user)
      print(shell, false, [user], columns)
    })

  users
    .command('import')
    .description('create people from a CSV file; the first row names the columns, "email" among them')
    .argument('<file>', 'the file, or - for standard input')
    .option('--dry-run', 'show what would happen, row by row')
    .option('--json', 'print JSON')
    .action(async (file: string, options: Json & { dryRun?: boolean }, command: Command) => {
      const csv = file === '-' ? await readAll(shell.stdin, longestCsv) : await textOf(file)
      const { client } = await connect(shell, dataOption(command))
      const query = options.dryRun ? { dryRun: 'true' as const } : {}
      const { job } = await client.call('POST /users/import', { query, body: csv })
      report(shell, options, await finish(shell, client, job, 'Importing'))
    })

  users
    .command('reset-factors')
    .description('take all second factors away from a person who lost them')
    .argument('<user>', 'email or id')
    .action(async (named: string, _options: Json, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id, displayName } = await findUser(client, named)
      await client.call('POST /users/{id}/factors/reset', { params: { id } })
      shell.out(`${displayName} has no second factor any more, is signed out everywhere and told by mail.\n`)
    })

  users
    .command('activate')
    .description('let a staged person in')
    .argument('<user>', 'email or id')
    .option('--no-mail', 'send no mail')
    .option('--json', 'print JSON')
    .action(async (named: string, options: Json & { mail: boolean }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findUser(client, named)
      const user = await client.call('POST /users/{id}/activate', { params: { id }, body: { sendMail: options.mail } })
      if (options.json) return printJson(shell, user)
      print(shell, false, [user], columns)
    })

  const links = [
    ['resend', 'send the activation mail again, with a new link', 'POST /users/{id}/activation'],
    ['reset-password', 'send a person a link to choose another password', 'POST /users/{id}/password-reset'],
  ] as const
  for (const [verb, description, path] of links) {
    users
      .command(verb)
      .description(description)
      .argument('<user>', 'email or id')
      .option('--json', 'print JSON')
      .action(async (named: string, options: Json, command: Command) => {
        const { client } = await connect(shell, dataOption(command))
        const { id } = await findUser(client, named)
        const sent = await client.call(path, { params: { id } })
        if (options.json) return printJson(shell, sent)
        shell.out(`A mail with a link is on its way to ${sent.recipient}.\n`)
      })
  }

  users
    .command('desk-link')
    .description('show a QR code with which somebody at the desk chooses a password; nothing is mailed')
    .argument('<user>', 'email or id')
    .option('--json', 'print JSON')
    .action(async (named: string, options: Json, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findUser(client, named)
      const shown = await client.call('POST /users/{id}/desk-link', { params: { id } })
      if (options.json) return printJson(shell, shown)
      const minutes = Math.round((Date.parse(shown.endsAt) - Date.now()) / 60_000)
      shell.out(`${renderUnicodeCompact(shown.link, { border: 2 })}\n\nGood once, for ${minutes} minutes.\n`)
    })

  for (const verb of ['suspend', 'resume'] as const) {
    users
      .command(verb)
      .description(verb === 'suspend' ? 'suspend a person and block the accounts' : 'let a suspended person in again')
      .argument('<user>', 'email or id')
      .option('--json', 'print JSON')
      .action(async (named: string, options: Json, command: Command) => {
        const { client } = await connect(shell, dataOption(command))
        const { id } = await findUser(client, named)
        const user = await client.call(`POST /users/{id}/${verb}`, { params: { id } })
        if (options.json) return printJson(shell, user)
        print(shell, false, [user], columns)
      })
  }
}
