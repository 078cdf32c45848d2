import { createClient } from '@lockstep/shared/client/client'
import type { Command } from 'commander'
import { dataFolderOf, readSettings } from '../settings.ts'
import { revoke, signInByCode } from './oauth-client.ts'
import { addressOf, connect, dataOption } from './remote.ts'
import { CommandError, type Shell } from './shell.ts'
import { addSignIn, dropSignIn, readSignIns } from './sign-ins.ts'
import { printJson } from './table.ts'

/** `lockstep login`, `logout` and `whoami`: as a person, from any machine. */
export function addLogin(program: Command, shell: Shell): void {
  program
    .command('login')
    .description('sign in as yourself; a page of the portal asks for the code that is shown')
    .argument('[url]', 'address of the gateway (LOCKSTEP_URL)')
    .action(async (given: string | undefined, _: unknown, command: Command) => {
      const url = originOf(given ?? shell.env['LOCKSTEP_URL'] ?? (await urlHere(command, shell)))
      const tokens = await signInByCode(shell, url, ({ address, code }) =>
        shell.out(`Open ${address} in a browser and type this code:\n\n    ${code}\n\nWaiting for your yes …\n`),
      )
      const { user } = await clientOf(shell, url, tokens.accessToken).call('GET /me', {})
      addSignIn(shell.env, url, tokens)
      shell.out(`Signed in at ${url} as ${user.email}.\n`)
    })

  program
    .command('logout')
    .description('sign out')
    .argument('[url]', 'address of the gateway; without it the one signed in at last')
    .action(async (given: string | undefined) => {
      const signIns = readSignIns(shell.env)
      const url = given === undefined ? [...signIns.keys()].at(-1) : originOf(given)
      const signIn = url === undefined ? undefined : signIns.get(url)
      if (url === undefined || signIn === undefined) {
        shell.out('Nobody is signed in.\n')
        return
      }
      // Here it ends in any case.
      dropSignIn(shell.env, url)
      await revoke(shell, url, signIn.refreshToken).catch((error: unknown) => {
        if (!(error instanceof CommandError)) throw error
        const where = `${url}/portal/security`
        throw new CommandError(`Signed out here, but the gateway could not be told. End the sign-in at ${where}.`, 3)
      })
      shell.out(`Signed out at ${url}.\n`)
    })

  program
    .command('whoami')
    .description('say where and as whom the commands act')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }, command: Command) => {
      const { url, client, by } = await connect(shell, dataOption(command))
      const me = by === 'sign-in' ? await client.call('GET /me', {}) : null
      const as = { url, by, email: me?.user.email ?? null, role: me?.role ?? null }
      if (options.json) return printJson(shell, as)
      const who = by === 'token' ? 'with the token of LOCKSTEP_TOKEN' : 'as an administrator at the data folder'
      shell.out(`${url}: ${me === null ? who : `${me.user.email} (${me.role ?? 'no role'})`}\n`)
    })
}

function originOf(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CommandError(`Give the address of the gateway, like https://id.contoso.example, not "${given}".`, 2)
  return url.origin
}

/** Where people reach the gateway of this data folder. */
async function urlHere(command: Command, shell: Shell): Promise<string> {
  const folder = dataFolderOf(dataOption(command), shell.env)
  return (await readSettings(folder, shell.env)).publicUrl ?? (await addressOf(folder, shell.env))
}

const clientOf = (shell: Shell, gatewayUrl: string, accessToken: string) =>
  createClient({
    gatewayUrl,
    fetch: shell.fetch,
    authorize: async () => ({ authorization: `Bearer ${accessToken}` }),
  })
