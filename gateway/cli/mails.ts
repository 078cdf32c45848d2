import type { Mail, MailState } from '@lockstep/shared/contract/mail'
import { type Command, Option } from 'commander'
import { connect, dataOption, findUser } from './remote.ts'
import type { Shell } from './shell.ts'
import { type Column, print, printJson } from './table.ts'

const columns: Column<Mail>[] = [
  { title: 'Id', of: ({ id }) => id },
  { title: 'At', of: ({ createdAt }) => createdAt },
  { title: 'Kind', of: ({ kind }) => kind },
  { title: 'To', of: ({ recipient }) => recipient },
  { title: 'State', of: ({ state }) => state },
  { title: 'Why', of: ({ reason }) => reason },
]

/** `lockstep mails` */
export function addMails(program: Command, shell: Shell): void {
  const mails = program
    .command('mails')
    .description('mails that were sent, wait or came back, the newest first')
    .option('--user <user>', 'only to this person: email or id')
    .addOption(new Option('--state <state>', 'only these').choices(['queued', 'sent', 'bounced', 'failed']))
    .option('--json', 'print JSON')
    .action(async (options: { user?: string; state?: MailState; json?: boolean }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const user = options.user === undefined ? {} : { user: (await findUser(client, options.user)).id }
      const state = options.state === undefined ? {} : { state: options.state }
      const { items } = await client.call('GET /mails', { query: { limit: 50, ...user, ...state } })
      print(shell, options.json, items, columns)
    })

  mails
    .command('bounced')
    .description('note that a mail came back later')
    .argument('<id>', 'the part of its Message-ID before the @')
    .requiredOption('--reason <text>', 'what the mail server says')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { reason: string; json?: boolean }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const mail = await client.call('POST /mails/{id}/bounce', { params: { id }, body: { reason: options.reason } })
      if (options.json) return printJson(shell, mail)
      shell.out(`The mail to ${mail.recipient} came back.\n`)
    })

  mails
    .command('resend')
    .description('send a mail with a link again, with a new link')
    .argument('<id>', 'as the list has it')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: boolean }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const sent = await client.call('POST /mails/{id}/resend', { params: { id } })
      if (options.json) return printJson(shell, sent)
      shell.out(`A mail is on its way to ${sent.recipient}.\n`)
    })
}
