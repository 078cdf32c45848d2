import type { Client } from '@lockstep/shared/client/client'
import type { ImportableAccount, ImportInput } from '@lockstep/shared/contract/connection'
import type { Command } from 'commander'
import type { z } from 'zod'
import { report } from './bindings.ts'
import { all, connect, dataOption, findConnection, findUser, finish } from './remote.ts'
import { CommandError, type Shell } from './shell.ts'
import { type Column, print } from './table.ts'

type Common = { connection?: string; json?: boolean }

const which = ['--connection <connection>', 'name or id; not needed when there is only one'] as const

const accounts: Column<ImportableAccount>[] = [
  { title: 'Account', of: ({ userPrincipalName }) => userPrincipalName },
  { title: 'Name', of: ({ displayName }) => displayName },
  { title: 'Status', of: ({ status }) => status },
  { title: 'Person', of: ({ user, candidates }) => user?.email ?? candidates?.map(({ email }) => email).join(', ') },
  { title: 'Object id', of: ({ id }) => id },
  { title: 'Reason', of: ({ reason }) => reason },
]

type Options = Common & {
  all?: boolean
  bind?: boolean
  dryRun?: boolean
  photos?: boolean
  mail?: boolean
  link: Resolution[]
  rename: Resolution[]
  skip: Resolution[]
}

type Resolution = z.input<typeof ImportInput>['resolutions'] extends (infer R)[] | undefined ? R : never

/** `lockstep import …` */
export function addImport(program: Command, shell: Shell): void {
  const importing = program
    .command('import')
    .description('make users of accounts')
    .argument('[account...]', 'object ids of accounts')
    .option(...which)
    .option('--all', 'every account that can be imported')
    .option('--bind', 'bind them as well')
    .option('--photos', 'their photos as well')
    .option('--dry-run', 'show what would happen')
    .option(
      '--link <account=user>',
      'link an account to a user: its object id and their email or id',
      decide('link'),
      [],
    )
    .option('--rename <account=email>', 'import an account under another address', decide('rename'), [])
    .option('--skip <account>', 'leave an account out', decide('skip'), [])
    .option('--mail', 'tell people by mail, those who may not sign in yet, too')
    .option('--no-mail', 'send no mail')
    .option('--json', 'print JSON')
    .action(async (named: string[], options: Options, command: Command) => {
      const resolutions = [...options.link, ...options.rename, ...options.skip]
      if (options.all ? named.length > 0 : named.length + resolutions.length === 0)
        throw new CommandError('Name accounts by their object ids, or give --all.', 2)
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const { job } = await client.call('POST /connections/{id}/imports', {
        params: { id },
        // The ids are checked by the gateway, which says what is wrong with them.
        body: {
          accountIds: options.all ? 'all' : (named as never),
          bind: options.bind ?? false,
          photos: options.photos ?? false,
          dryRun: options.dryRun ?? false,
          ...(options.mail !== undefined && { notify: options.mail }),
          resolutions: await byId(client, resolutions),
        },
      })
      report(shell, options, await finish(shell, client, job, 'Importing'))
      if (!options.json && !options.dryRun)
        shell.out(`To take it back within 48 hours: lockstep import undo ${job.id}\n`)
    })

  importing
    .command('list')
    .description('accounts and how they stand to the directory')
    .option(...which)
    .option('--status <status>', 'new, imported, conflict, protected, guest or shared')
    .option('--search <text>', 'beginnings of name words or of an address')
    .option('--queue', 'only those that the rule for new accounts puts before you')
    .option('--json', 'print JSON')
    .action(async (_: Common, command: Command) => {
      // `import` itself has options of the same names, and gets them wherever they stand.
      const options = command.optsWithGlobals<Common & { status?: string; search?: string; queue?: boolean }>()
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const { status, search } = options
      const found = await all((cursor) => {
        const page = { limit: 500, ...(cursor !== undefined && { cursor }) }
        if (options.queue) return client.call('GET /connections/{id}/import-queue', { params: { id }, query: page })
        const filter = { ...(status && { status: status as ImportableAccount['status'] }), ...(search && { search }) }
        return client.call('GET /connections/{id}/accounts', { params: { id }, query: { ...page, ...filter } })
      })
      print(shell, options.json, found, accounts)
    })

  importing
    .command('undo')
    .description('within 48 hours: take an import back, with all that was written since')
    .argument('<job>', 'id of the import')
    .option('--json', 'print JSON')
    .action(async (jobId: string, _: Common, command: Command) => {
      const options = command.optsWithGlobals<Common>()
      const { client } = await connect(shell, dataOption(command))
      const { job } = await client.call('POST /imports/{jobId}/undo', { params: { jobId } })
      report(shell, options, await finish(shell, client, job, 'Undoing'))
    })
}

/** Whom to link to may be said by email. */
async function byId(client: Client, resolutions: Resolution[]): Promise<Resolution[]> {
  const found: Resolution[] = []
  for (const given of resolutions)
    found.push(given.userId?.includes('@') ? { ...given, userId: (await findUser(client, given.userId)).id } : given)
  return found
}

/** `ACCOUNT=WHAT`; skipping needs no what. */
function decide(action: Resolution['action']) {
  return (value: string, before: Resolution[]): Resolution[] => {
    const [accountId = '', what] = value.split('=', 2)
    if (accountId === '' || (action !== 'skip' && !what))
      throw new CommandError(`--${action} takes ${action === 'link' ? 'ACCOUNT=USER' : 'ACCOUNT=EMAIL'}.`, 2)
    const decided = action === 'link' ? { userId: what } : action === 'rename' ? { email: what } : {}
    return [...before, { accountId, action, ...decided } as Resolution]
  }
}
