import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ConfidentialClientApplication, type INetworkModule, type NetworkResponse } from '@azure/msal-node'
import { BatchRequestContent, Client, GraphError, PageIterator } from '@microsoft/microsoft-graph-client'
import { Agent, fetch } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newUser, startTestTenant, type TestTenant } from './testing.ts'

// Clients that we did not write must find in the practice tenant what they expect of Microsoft.

let tenant: TestTenant
let dispatcher: Agent
beforeAll(async () => {
  tenant = await startTestTenant({ users: 130 })
  dispatcher = new Agent({ connect: { ca: tenant.caPem } })
})
afterAll(async () => {
  await dispatcher.close()
  await tenant.close()
})

const asked: string[] = []
const network = (): INetworkModule => {
  const send = async <T>(
    method: string,
    url: string,
    options?: { headers?: Record<string, string>; body?: string },
  ) => {
    asked.push(new URL(url).pathname)
    const { headers, body } = options ?? {}
    const response = await fetch(url, { method, dispatcher, ...(headers && { headers }), ...(body && { body }) })
    const answer: NetworkResponse<T> = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: (await response.json()) as T,
    }
    return answer
  }
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  }
}

function msal(change: { clientSecret?: string; tenantId?: string } = {}) {
  return new ConfidentialClientApplication({
    auth: {
      clientId: tenant.clientId,
      clientSecret: change.clientSecret ?? tenant.clientSecret,
      authority: `${tenant.login}/${change.tenantId ?? tenant.tenantId}`,
      knownAuthorities: [new URL(tenant.login).host],
    },
    system: { networkClient: network() },
  })
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url')
const scopes = () => ['https://graph.microsoft.com/.default']
const tokenOf = async () => {
  const answer = await msal().acquireTokenByClientCredential({ scopes: scopes() })
  return answer?.accessToken ?? ''
}

describe('MSAL', () => {
  test('discovers the host, takes a token that Graph accepts, and answers again from its cache', async () => {
    asked.length = 0
    const app = msal()
    const first = await app.acquireTokenByClientCredential({ scopes: scopes() })
    const again = await app.acquireTokenByClientCredential({ scopes: scopes() })
    expect(again).toMatchObject({ accessToken: first?.accessToken, fromCache: true })
    expect(asked).toEqual([
      `/${tenant.tenantId}/v2.0/.well-known/openid-configuration`,
      `/${tenant.tenantId}/oauth2/v2.0/token`,
    ])
    const headers = { authorization: `Bearer ${first?.accessToken}` }
    expect((await tenant.raw('/v1.0/organization', { headers })).status).toBe(200)
  })

  test('understands a wrong secret and an unknown tenant', async () => {
    const take = (change: Parameters<typeof msal>[0]) =>
      msal(change).acquireTokenByClientCredential({ scopes: scopes() })
    await expect(take({ clientSecret: 'wrong' })).rejects.toMatchObject({
      errorCode: 'invalid_client',
      errorMessage: expect.stringContaining('AADSTS7000215'),
    })
    await expect(take({ tenantId: '99999999-9999-4999-8999-999999999999' })).rejects.toThrow()
  })

  test('proves itself by a certificate', async () => {
    const { generate } = await import('selfsigned')
    const { private: privateKey, cert } = await generate([{ name: 'commonName', value: 'app' }], { keySize: 2048 })
    await tenant.ask('POST', '/certificates', { pem: cert })
    const { X509Certificate } = await import('node:crypto')
    const thumbprintSha256 = new X509Certificate(cert).fingerprint256.replaceAll(':', '')
    const app = new ConfidentialClientApplication({
      auth: {
        clientId: tenant.clientId,
        clientCertificate: { thumbprintSha256, privateKey },
        authority: `${tenant.login}/${tenant.tenantId}`,
        knownAuthorities: [new URL(tenant.login).host],
      },
      system: { networkClient: network() },
    })
    const answer = await app.acquireTokenByClientCredential({ scopes: scopes() })
    expect(answer?.accessToken).toEqual(expect.any(String))
  })
})

describe('MSAL, for somebody who signs in', () => {
  const redirectUri = 'https://id.example/connections/callback'
  const verifier = 'v'.repeat(43)
  const challenge = sha256(verifier)
  const people = (authority: string) =>
    new ConfidentialClientApplication({
      auth: {
        clientId: tenant.clientId,
        clientSecret: tenant.clientSecret,
        authority: `${tenant.login}/${authority}`,
        knownAuthorities: [new URL(tenant.login).host],
      },
      system: { networkClient: network() },
    })
  const enter = async (nonce: string) => {
    await tenant.ask('POST', '/redirects', { uri: redirectUri })
    await tenant.ask('PUT', '/signed-in', { user: 'admin@contoso.onmicrosoft.com' })
    const app = people('organizations')
    const asked = { scopes: scopes(), redirectUri, codeChallenge: challenge, codeChallengeMethod: 'S256' as const }
    const url = await app.getAuthCodeUrl({ ...asked, state: 's', nonce: 'n', prompt: 'select_account' })
    const { headers } = await tenant.raw(url, { redirect: 'manual' })
    const code = new URL(headers['location'] ?? '').searchParams.get('code') ?? ''
    const taken = await app.acquireTokenByCode({ code, scopes: scopes(), redirectUri, codeVerifier: verifier, nonce })
    return { app, taken }
  }

  test('takes a code for tokens and knows who it was; another nonce is refused', async () => {
    const { taken } = await enter('n')
    expect(taken).toMatchObject({
      tenantId: tenant.tenantId,
      account: { username: 'admin@contoso.onmicrosoft.com', tenantId: tenant.tenantId },
    })
    const headers = { authorization: `Bearer ${taken.accessToken}` }
    expect((await tenant.raw('/v1.0/organization', { headers })).status).toBe(200)
    await expect(enter('another')).rejects.toMatchObject({ errorCode: 'nonce_mismatch' })
  })

  test('goes on with its cache elsewhere, silently, until the refresh token dies', async () => {
    const { app, taken } = await enter('n')
    const later = people(tenant.tenantId)
    later.getTokenCache().deserialize(app.getTokenCache().serialize())
    const account = await later.getTokenCache().getAccountByHomeId(taken.account?.homeAccountId ?? '')
    const silently = (forceRefresh: boolean) => {
      if (account === null) throw new Error('The cache has lost the account.')
      return later.acquireTokenSilent({ account, scopes: scopes(), forceRefresh })
    }
    expect(await silently(false)).toMatchObject({ accessToken: taken.accessToken, fromCache: true })
    const renewed = await silently(true)
    expect(renewed).toMatchObject({ fromCache: false })
    expect(renewed.accessToken).not.toBe(taken.accessToken)
    await tenant.ask('POST', '/acts', { act: 'revoke', user: 'admin@contoso.onmicrosoft.com' })
    await expect(silently(true)).rejects.toMatchObject({ errorMessage: expect.stringContaining('AADSTS50173') })
  })
})

describe("Microsoft's Graph client, with its own chain", () => {
  let graph: Client
  beforeAll(async () => {
    const token = await tokenOf()
    graph = Client.init({
      baseUrl: tenant.graph,
      customHosts: new Set(['localhost']),
      authProvider: (done) => done(null, token),
      fetchOptions: { dispatcher } as RequestInit,
    })
  })

  test('creates, reads, changes and deletes a user', async () => {
    const { id } = await graph.api('/users').post(newUser('sdk.user'))
    await graph.api(`/users/${id}`).patch({ jobTitle: 'Tester' })
    expect(await graph.api(`/users/${id}`).select(['id', 'jobTitle']).get()).toMatchObject({ id, jobTitle: 'Tester' })
    await graph.api(`/users/${id}`).delete()
    const gone = await graph
      .api(`/users/${id}`)
      .get()
      .catch((error: unknown) => error)
    expect(gone).toBeInstanceOf(GraphError)
    expect(gone).toMatchObject({ statusCode: 404, code: 'Request_ResourceNotFound', requestId: expect.any(String) })
  })

  test('follows pages and a delta to the end', async () => {
    for (const path of ['/users?$select=id', '/users/delta?$select=id']) {
      const seen = new Set<string>()
      const pages = new PageIterator(graph, await graph.api(path).get(), (user: { id: string }) => {
        seen.add(user.id)
        return true
      })
      await pages.iterate()
      expect(seen.size).toBeGreaterThanOrEqual(133)
      if (path.includes('delta')) expect(pages.getDeltaLink()).toContain('$deltatoken=')
    }
  })

  test('sends a batch and reads its parts', async () => {
    const requests = [0, 1].map((at) => ({
      id: String(at),
      request: new Request(`${tenant.graph}/users/${tenant.person(at).id}`, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ department: 'Batch' }),
      }),
    }))
    const content = await new BatchRequestContent(requests).getContent()
    const { responses } = (await graph.api('/$batch').post(content)) as { responses: { status: number }[] }
    expect(responses.map((response) => response.status)).toEqual([204, 204])
  })

  test('waits out a refusal as its retry handler reads it', async () => {
    await tenant.ask('POST', '/faults', { match: { path: '^/organization' }, times: 1, status: 429, retryAfter: 1 })
    const { value } = await graph.api('/organization').get()
    expect(value).toHaveLength(1)
  })
})

describe('the m365 command line', () => {
  let home: string
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'm365-'))
    const settings = join(home, '.config/configstore')
    await mkdir(settings, { recursive: true })
    const quiet = { disableTelemetry: true, prompt: false, autoOpenLinksInBrowser: false, output: 'json' }
    await writeFile(join(settings, 'cli-m365-config.json'), JSON.stringify(quiet))
    await writeFile(join(home, 'ca.pem'), tenant.caPem)
    const app = ['--appId', tenant.clientId, '--tenant', tenant.tenantId]
    await m365('login', '--authType', 'secret', ...app, '--secret', tenant.clientSecret)
  }, 60_000)
  afterAll(() => rm(home, { recursive: true, force: true }))

  const program = fileURLToPath(new URL('index.js', import.meta.resolve('@pnp/cli-microsoft365')))
  const preload = new URL('redirect-microsoft.mjs', import.meta.url)

  /** Runs a command; what it printed as JSON, or null. Fails with what it said. */
  async function m365(...args: string[]): Promise<unknown> {
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      USERPROFILE: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      TMPDIR: home,
      CLIMICROSOFT365_NOUPDATE: '1',
      NODE_EXTRA_CA_CERTS: join(home, 'ca.pem'),
      NODE_OPTIONS: `--import ${pathToFileURL(fileURLToPath(preload))}`,
      PRACTICE_TENANT_PORT: new URL(tenant.graph).port,
    }
    return await new Promise((resolve, reject) => {
      execFile(process.execPath, [program, ...args, '--output', 'json'], { env }, (error, stdout, stderr) => {
        if (error !== null)
          reject(new Error(`m365 ${args.slice(0, 3).join(' ')}: ${stderr || stdout || error.message}`))
        else resolve(stdout.trim() === '' ? null : JSON.parse(stdout))
      })
    })
  }

  test('users: list, add, get, set, remove', { timeout: 120_000 }, async () => {
    const all = (await m365('entra', 'user', 'list')) as unknown[]
    expect(all.length).toBeGreaterThanOrEqual(133)
    const guests = await m365('entra', 'user', 'list', '--type', 'Guest', '--properties', 'id,userType')
    expect(guests).toMatchObject([{ userType: 'Guest' }])
    const name = 'cli.user@contoso.example'
    const who = ['--displayName', 'Cli User', '--userName', name, '--firstName', 'Cli', '--lastName', 'User']
    const boss = ['--managerUserId', tenant.person(0).id]
    const added = await m365('entra', 'user', 'add', ...who, '--password', 'Violet-Lantern-7', ...boss)
    expect(added).toMatchObject({ userPrincipalName: name, givenName: 'Cli', surname: 'User' })
    const got = await m365('entra', 'user', 'get', '--userName', name, '--withManager')
    expect(got).toMatchObject({ displayName: 'Cli User', manager: { id: tenant.person(0).id } })
    await m365('entra', 'user', 'set', '--userName', name, '--jobTitle', 'Tester', '--accountEnabled', 'true')
    await m365('entra', 'user', 'set', '--userName', name, '--resetPassword', '--newPassword', 'Violet-Lantern-8')
    expect(await tenant.ask('GET', `/accounts/${name}`)).toMatchObject({ jobTitle: 'Tester' })
    const signIn = { userPrincipalName: name, password: 'Violet-Lantern-8' }
    expect(await tenant.ask('POST', '/sign-in', signIn)).toEqual({ ok: true, reason: null })
    await m365('entra', 'user', 'remove', '--userName', name, '--force')
    await expect(m365('entra', 'user', 'get', '--userName', name)).rejects.toThrow('does not exist')
  })

  test('users: a refusal of the tenant is understood', { timeout: 60_000 }, async () => {
    const who = ['--displayName', 'X', '--userName', 'x@contoso.example', '--password', 'short']
    await expect(m365('entra', 'user', 'add', ...who)).rejects.toThrow('password complexity requirements')
  })

  test('groups: list, add, get, set, remove', { timeout: 120_000 }, async () => {
    const kind = ['--type', 'security', '--mailNickname', 'clilab']
    const people = ['--memberIds', tenant.person(0).id, '--ownerIds', tenant.person(1).id]
    const added = await m365('entra', 'group', 'add', '--displayName', 'Cli Lab', ...kind, ...people)
    const { id } = added as { id: string }
    expect(await m365('entra', 'group', 'list', '--type', 'security')).toMatchObject([{ displayName: 'Cli Lab' }])
    expect(await m365('entra', 'group', 'get', '--displayName', 'Cli Lab')).toMatchObject({ id, securityEnabled: true })
    const change = ['--description', 'Bench', '--memberIds', tenant.person(2).id]
    await m365('entra', 'group', 'set', '--id', id, ...change)
    expect(await m365('entra', 'group', 'get', '--id', id)).toMatchObject({ description: 'Bench' })
    const { body } = await tenant.call('GET', `/groups/${id}/members?$select=id`)
    expect(body.value.map((member) => member['id'])).toEqual([tenant.person(2).id])
    await m365('entra', 'group', 'remove', '--id', id, '--force')
    await expect(m365('entra', 'group', 'get', '--id', id)).rejects.toThrow('does not exist')
  })
})
