import { spawn } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { ConfidentialClientApplication, type INetworkModule } from '@azure/msal-node'
import { Client } from '@microsoft/microsoft-graph-client'
import { generate } from 'selfsigned'
import { Agent, fetch as undiciFetch } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../support/root.ts'
import { startTenant, type Tenant } from '../support/world.ts'

let folder: string
let tenant: Tenant
/** Trusts the practice tenant's certificate, for this file alone. */
let trusting: (url: string, init?: RequestInit) => Promise<Response>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-clients-'))
  tenant = await startTenant(folder, { users: 5 })
  const dispatcher = new Agent({ connect: { ca: await readFile(tenant.ca, 'utf8') } })
  trusting = async (url, init) => (await undiciFetch(url, { ...(init as object), dispatcher })) as unknown as Response
}, 60_000)
afterAll(async () => {
  await tenant.program.stop()
  await rm(folder, { recursive: true, force: true })
})

const network = (): INetworkModule => {
  const send = async (method: string, url: string, options?: { headers?: Record<string, string>; body?: string }) => {
    const response = await trusting(url, {
      method,
      headers: options?.headers ?? {},
      ...(options?.body !== undefined && { body: options.body }),
    })
    return {
      headers: Object.fromEntries(response.headers),
      body: (await response.json()) as never,
      status: response.status,
    }
  }
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  }
}

function application(
  credential: { clientSecret: string } | { clientCertificate: { thumbprintSha256: string; privateKey: string } },
) {
  const { login, tenantId, clientId } = tenant
  return new ConfidentialClientApplication({
    auth: { clientId, authority: `${login}/${tenantId}`, knownAuthorities: [new URL(login).host], ...credential },
    system: { networkClient: network() },
  })
}
const scopes = () => [`${tenant.graph}/.default`]

describe('MSAL', () => {
  test('gets a token for a client secret', async () => {
    const result = await application({ clientSecret: tenant.clientSecret }).acquireTokenByClientCredential({
      scopes: scopes(),
    })
    expect(result?.accessToken.split('.')).toHaveLength(3)
  })

  test('gets a token for a certificate, and none for one that is not registered', async () => {
    const { private: privateKey, cert } = await generate([{ name: 'commonName', value: 'lockstep' }], { keySize: 2048 })
    const thumbprintSha256 = createHash('sha256').update(new X509Certificate(cert).raw).digest('hex')
    const credential = { clientCertificate: { thumbprintSha256, privateKey } }
    await expect(application(credential).acquireTokenByClientCredential({ scopes: scopes() })).rejects.toThrow(
      /AADSTS700027/,
    )
    await tenant.call('POST', '/certificates', { pem: cert })
    const result = await application(credential).acquireTokenByClientCredential({ scopes: scopes() })
    expect(result?.tokenType).toBe('Bearer')
  })

  test('hears in the codes of Entra what is wrong', async () => {
    await expect(
      application({ clientSecret: 'wrong' }).acquireTokenByClientCredential({ scopes: scopes() }),
    ).rejects.toThrow(/AADSTS7000215/)
  })
})

test("Microsoft's own Graph client lists, creates, changes and deletes", async () => {
  const token = await application({ clientSecret: tenant.clientSecret }).acquireTokenByClientCredential({
    scopes: scopes(),
  })
  const client = Client.init({
    authProvider: (done) => done(null, token?.accessToken ?? null),
    baseUrl: tenant.graph,
    customHosts: new Set(['localhost']),
    fetchOptions: {
      dispatcher: new Agent({ connect: { ca: await readFile(tenant.ca, 'utf8') } }),
    } as never,
  })
  const made = await client.api('/users').post({
    accountEnabled: true,
    displayName: 'Graph Client',
    mailNickname: 'graph.client',
    userPrincipalName: 'graph.client@contoso.example',
    passwordProfile: { password: 'Velvet-Tractor-Moon-5', forceChangePasswordNextSignIn: false },
  })
  await client.api(`/users/${made.id}`).patch({ city: 'Graz' })
  const read = await client.api(`/users/${made.id}`).select('id,city,displayName').get()
  expect(read).toMatchObject({ id: made.id, city: 'Graz', displayName: 'Graph Client' })
  const { value } = await client.api('/users').filter("startswith(displayName,'Graph')").get()
  expect(value).toHaveLength(1)
  await client.api(`/users/${made.id}`).delete()
  await expect(client.api(`/users/${made.id}`).get()).rejects.toMatchObject({
    statusCode: 404,
    code: 'Request_ResourceNotFound',
  })
})

describe.sequential('the m365 command line', () => {
  const m365 = async (...args: string[]): Promise<unknown> => {
    const child = spawn(
      process.execPath,
      [join(root, 'test/node_modules/@pnp/cli-microsoft365/dist/index.js'), ...args, '--output', 'json'],
      {
        env: {
          ...process.env,
          HOME: folder,
          NODE_EXTRA_CA_CERTS: tenant.ca,
          PRACTICE_TENANT_PORT: new URL(tenant.graph).port,
          CLIMICROSOFT365_NOUPDATE: '1',
          NODE_OPTIONS: `--import ${join(root, 'test/practice-tenant/redirect-microsoft.mjs')}`,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    if (err !== '') throw new Error(err)
    return out.trim() === '' ? null : JSON.parse(out)
  }
  const limit = 60_000
  const name = 'kim.m365@contoso.example'

  test('signs in', { timeout: limit }, async () => {
    await m365('cli', 'config', 'set', '--key', 'disableTelemetry', '--value', 'true')
    await m365(
      'login',
      '--authType',
      'secret',
      '--appId',
      tenant.clientId,
      '--tenant',
      tenant.tenantId,
      '--secret',
      tenant.clientSecret,
    )
  })

  test('users: add, get, set, list, remove', { timeout: limit }, async () => {
    await m365(
      'entra',
      'user',
      'add',
      '--displayName',
      'Kim',
      '--mailNickname',
      'kim.m365',
      '--userName',
      name,
      '--password',
      'Velvet-Tractor-Moon-5',
    )
    expect(await m365('entra', 'user', 'get', '--userName', name)).toMatchObject({ displayName: 'Kim' })
    await m365('entra', 'user', 'set', '--userName', name, '--jobTitle', 'Pilot')
    const listed = (await m365('entra', 'user', 'list', '--properties', 'userPrincipalName,jobTitle')) as {
      userPrincipalName: string
      jobTitle: string | null
    }[]
    expect(listed.find((user) => user.userPrincipalName === name)).toMatchObject({ jobTitle: 'Pilot' })
    await m365('entra', 'user', 'remove', '--userName', name, '--force')
    await expect(m365('entra', 'user', 'get', '--userName', name)).rejects.toThrow()
  })

  test('groups: add, get, set, list, remove', { timeout: limit }, async () => {
    const made = (await m365(
      'entra',
      'group',
      'add',
      '--displayName',
      'Pilots',
      '--mailNickname',
      'pilots',
      '--type',
      'security',
    )) as {
      id: string
    }
    expect(await m365('entra', 'group', 'get', '--id', made.id)).toMatchObject({
      displayName: 'Pilots',
      securityEnabled: true,
    })
    await m365('entra', 'group', 'set', '--id', made.id, '--description', 'All who fly')
    const listed = (await m365('entra', 'group', 'list')) as { id: string }[]
    expect(listed.map((group) => group.id)).toContain(made.id)
    await m365('entra', 'group', 'remove', '--id', made.id, '--force')
    await expect(m365('entra', 'group', 'get', '--id', made.id)).rejects.toThrow()
  })
})
