import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { connect, dataOption, findConnection } from './remote.ts'
import { CommandError, readAll, type Shell } from './shell.ts'

export type CredentialOptions = { secretStdin?: boolean; certificate?: string; privateKey?: string }

/** `lockstep connections credential`: the new one is tried first, and swapped in when it works. */
export function addCredential(connections: Command, shell: Shell): void {
  connections
    .command('credential')
    .description('give a connection a new client secret or certificate, after checking it')
    .argument('[connection]', 'name or id')
    .option('--secret-stdin', 'read the client secret from standard input')
    .option('--certificate <file>', 'certificate of the app registration, PEM')
    .option('--private-key <file>', 'private key of the certificate, PEM')
    .action(async (named: string | undefined, options: CredentialOptions, command: Command) => {
      const body = await credentialOf(options, shell)
      const { client } = await connect(shell, dataOption(command))
      const { id, name } = await findConnection(client, named)
      await client.call('PATCH /connections/{id}', { params: { id }, body })
      shell.out(`${name} works with the new credential.\n`)
    })
}

/** The credential that the options name. */
export async function credentialOf(options: CredentialOptions, shell: Shell) {
  if (options.certificate !== undefined && options.privateKey !== undefined && !options.secretStdin) {
    return { certificate: { pem: await text(options.certificate), privateKeyPem: await text(options.privateKey) } }
  }
  if (options.secretStdin && options.certificate === undefined && options.privateKey === undefined) {
    return { clientSecret: await readAll(shell.stdin) }
  }
  throw new CommandError(
    'Give --secret-stdin, or --certificate and --private-key. Secrets are not taken as arguments.',
    2,
  )
}

async function text(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new CommandError(`${file} cannot be read.`, 2)
  }
}
