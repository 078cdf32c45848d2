import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'
import { addSecret } from './applications.ts'
import { createControl } from './control.ts'
import { createGraph } from './graph.ts'
import { boughtSkus } from './licences.ts'
import { Quota } from './quota.ts'
import { directoryRoles } from './rights.ts'
import { seed } from './seed.ts'
import { serve } from './serve.ts'
import { createState, type QuotaSize, type State, type Switches } from './state.ts'
import { createTokenService } from './token.ts'

export type PracticeOptions = {
  port: number
  controlPort: number
  users: number
  seed: number
  /** The verified domain of its people. */
  domain: string
  quota: QuotaSize
  /** Longest time that a replica may be behind, in ms. */
  lagMs: number
  /** Added to every answer, in ms. */
  latencyMs: number
  /** Whether the service principal holds User Administrator, without which Microsoft refuses passwords. */
  passwordRole: boolean
  tenantId?: string | undefined
  /** Readings of what Microsoft leaves open. */
  switches?: Partial<Switches> | undefined
}

export const practiceDefaults: PracticeOptions = {
  port: 0,
  controlPort: 0,
  users: 25,
  seed: 1,
  domain: 'contoso.example',
  quota: 'L',
  lagMs: 0,
  latencyMs: 0,
  passwordRole: true,
}

export type PracticeTenant = {
  /** Origins. Graph and the sign-in service share one. */
  graph: string
  login: string
  control: string
  /** The certificate to trust. */
  caPem: string
  tenantId: string
  clientId: string
  clientSecret: string
  domain: string
  state: State
  close(): Promise<void>
}

const permissions = [
  'User.ReadWrite.All',
  'User-PasswordProfile.ReadWrite.All',
  'User.RevokeSessions.All',
  'Group.ReadWrite.All',
  'LicenseAssignment.ReadWrite.All',
  'Organization.Read.All',
  'Domain.Read.All',
  'RoleManagement.Read.Directory',
  'AuditLog.Read.All',
]

/** A tenant as it is before anybody has asked it anything, with an app that has all rights. */
export function practiceState(
  given: PracticeOptions,
  inputs: { now?: () => number; newId?: () => string } = {},
): State {
  const newId = inputs.newId ?? randomUUID
  const state = createState({ ...given, ...inputs, tenantId: given.tenantId ?? newId(), clientId: newId() })
  for (const permission of permissions) {
    state.app.permissions.add(permission)
    state.app.delegated.add(permission)
  }
  if (given.passwordRole) state.app.roles.add(directoryRoles.userAdministrator)
  Object.assign(state.switches, given.switches)
  state.skus.push(...boughtSkus())
  seed(state, given)
  return state
}

export async function startPracticeTenant(options: Partial<PracticeOptions> = {}): Promise<PracticeTenant> {
  const given = { ...practiceDefaults, ...options }
  const clientSecret = randomBytes(30).toString('base64url')
  const state = practiceState(given)
  addSecret(state, clientSecret)
  shared ??= certificate()
  const { key, cert } = await shared
  const quota = new Quota(state)
  let origin = ''
  const tokens = await createTokenService(state, () => origin)
  const graph = createGraph(state, quota)
  const server = createServer({ key, cert }, (request, response) => {
    void serve({ state, graph, tokens, origin }, request, response).catch((error: unknown) => {
      // A bug of the practice tenant itself: never to be taken for an answer of Microsoft.
      console.error(error)
      response.destroy()
    })
  })
  const port = await listen(server, given.port)
  origin = `https://localhost:${port}`
  const control = createControl(state)
  const controlPort = await listen(control, given.controlPort)
  return {
    graph: origin,
    login: origin,
    control: `http://127.0.0.1:${controlPort}`,
    caPem: cert,
    tenantId: state.tenantId,
    clientId: state.app.clientId,
    clientSecret,
    domain: given.domain,
    state,
    async close() {
      await Promise.all([stop(server), stop(control)])
    },
  }
}

/** One for all tenants of a process: making keys takes longer than everything else. */
let shared: ReturnType<typeof certificate> | undefined

async function certificate(): Promise<{ key: string; cert: string }> {
  const names = ['localhost', 'graph.microsoft.com', 'login.microsoftonline.com']
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [...names.map((value) => ({ type: 2 as const, value })), { type: 7 as const, ip: '127.0.0.1' }],
      },
    ],
  })
  return { key, cert }
}

async function listen(server: Server | HttpServer, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function stop(server: Server | HttpServer): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
