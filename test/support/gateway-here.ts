import { mkdir, mkdtemp, rm } from 'node:fs/promises'
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
  close(): Promise<void>
}

const day = 86_400_000

export async function startHere(options: { users?: number; cycleEveryMs?: number } = {}): Promise<Here> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-here-'))
  const dataFolder = join(folder, 'data')
  await mkdir(dataFolder, { mode: 0o700 })
  const tenant = await startPracticeTenant({ users: options.users ?? 6, quota: 'off' })
  trust(tenant.caPem)
  const env = { LOCKSTEP_PORT: '0' }
  const gateway = await startGateway({ dataFolder, env, cycleEveryMs: options.cycleEveryMs ?? day })
  let ended: Promise<void> | undefined
  const end = () => {
    ended ??= gateway.close()
    return ended
  }
  const open = await openInstance(dataFolder, env, systemRuntime)
  const directory = createDirectory(open)
  const tokenOf: Here['tokenOf'] = (role, allow = []) => directory.createToken(system, { name: 'test', role, allow })
  const token = await tokenOf('admin', ['approve', 'override'])
  return {
    tenant,
    gateway: { ...gateway, close: end },
    context: directory.context,
    storeLog: join(dataFolder, 'lockstep.db-wal'),
    async createAdmin() {
      const password = new Secret('Copper-Meadow-72')
      return (await directory.createAdmin(system, { email: 'root@contoso.example', password })).id
    },
    tokenOf,
    client: createClient({
      gatewayUrl: gateway.localUrl,
      fetch,
      authorize: async () => ({ authorization: `Bearer ${token}` }),
    }),
    async close() {
      await end()
      await open.close()
      await tenant.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
