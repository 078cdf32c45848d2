import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '@lockstep/gateway/directory/context'
import { createDirectory } from '@lockstep/gateway/directory/directory'
import { system } from '@lockstep/gateway/domain/actor'
import { Secret } from '@lockstep/gateway/domain/secret'
import { openInstance } from '@lockstep/gateway/instance'
import { type Gateway, startGateway } from '@lockstep/gateway/main'
import { systemRuntime } from '@lockstep/gateway/system-runtime'
import { type Client, createClient } from '@lockstep/shared/client/client'
import type { Role } from '@lockstep/shared/contract/user'
import { type PracticeTenant, startPracticeTenant } from '../practice-tenant/start.ts'
import { trust } from './trust.ts'

/** A gateway and a practice tenant in this process: for tests that ask much, or look into the store. */
export type Here = {
  tenant: PracticeTenant
  gateway: Gateway
  /** A second opening of the gateway's data folder, as the command line has it beside a gateway that runs. */
  context: Context
  client: Client
  /** Grows with everything that is written. */
  storeLog: string
  /** Returns the id. */
  createAdmin(): Promise<string>
  tokenOf(role: Role, allow?: readonly string[]): Promise<string>
  /** Forgets who guessed how often: all tests come from one address. */
  forgiveGuesses(): Promise<void>
  /** Ends the gateway and starts it anew on the same data folder. */
  restart(): Promise<void>
  close(): Promise<void>
}

const day = 86_400_000

type HereOptions = {
  users?: number
  cycleEveryMs?: number
  /** The gateway knows the tenant's app as the one at which administrators sign in. */
  delegatedApp?: boolean
  /** Of whom a second factor is demanded; of nobody unless a test is about it. */
  secondFactor?: 'admins' | 'everybody'
  /** More of lockstep.json. */
  settings?: Record<string, unknown>
  env?: Record<string, string>
}

export async function startHere(options: HereOptions = {}): Promise<Here> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-here-'))
  const dataFolder = join(folder, 'data')
  await mkdir(dataFolder, { mode: 0o700 })
  const tenant = await startPracticeTenant({ users: options.users ?? 6, quota: 'off' })
  trust(tenant.caPem)
  const env = { LOCKSTEP_PORT: '0', ...options.env }
  const settings = {
    requireSecondFactor: options.secondFactor ?? 'nobody',
    ...options.settings,
    ...(options.delegatedApp && (await appOf(dataFolder, tenant))),
  }
  await writeFile(join(dataFolder, 'lockstep.json'), JSON.stringify(settings))
  const launch = () => startGateway({ dataFolder, env, cycleEveryMs: options.cycleEveryMs ?? day })
  const first = await launch()
  const open = await openInstance(dataFolder, env, systemRuntime)
  const directory = createDirectory(open)
  const tokenOf: Here['tokenOf'] = (role, allow = []) => directory.createToken(system, { name: 'test', role, allow })
  const token = await tokenOf('admin', ['approve', 'override'])
  const here: Here = {
    ...reach(first, token),
    tenant,
    context: directory.context,
    storeLog: join(dataFolder, 'lockstep.db-wal'),
    async createAdmin() {
      const password = new Secret('Copper-Meadow-72')
      return (await directory.createAdmin(system, { email: 'root@contoso.example', password })).id
    },
    tokenOf,
    forgiveGuesses: () =>
      directory.context.store.change(system, async (change) => {
        change.quiet('another address')
        await change.trx.deleteFrom('throttles').execute()
      }),
    async restart() {
      await here.gateway.close()
      Object.assign(here, reach(await launch(), token))
    },
    async close() {
      await here.gateway.close()
      await open.close()
      await tenant.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return here
}

function reach(gateway: Gateway, token: string): Pick<Here, 'gateway' | 'client'> {
  let ended: Promise<void> | undefined
  const close = () => {
    ended ??= gateway.close()
    return ended
  }
  const authorization = `Bearer ${token}`
  const client = createClient({ gatewayUrl: gateway.localUrl, fetch, authorize: async () => ({ authorization }) })
  return { gateway: { ...gateway, close }, client }
}

async function appOf(dataFolder: string, { clientId, clientSecret }: PracticeTenant) {
  await writeFile(join(dataFolder, 'app.secret'), `${clientSecret}\n`, { mode: 0o600 })
  return { delegatedApp: { clientId, clientSecretFile: 'app.secret' } }
}
