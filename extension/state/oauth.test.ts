import { describe, expect, it } from 'vitest'
import { newProofKey, sha256, thumbprint } from './dpop.ts'
import { codeFrom, refresh, revoke, SignInError, signIn, type World } from './oauth.ts'

const gatewayUrl = 'https://lockstep.contoso.example'
const redirectUri = 'https://khomjfilkemmnmieamlncpaednllelpc.chromiumapp.org/cb'
const metadata = {
  issuer: `${gatewayUrl}/oauth`,
  authorization_endpoint: `${gatewayUrl}/oauth/auth`,
  token_endpoint: `${gatewayUrl}/oauth/token`,
  revocation_endpoint: `${gatewayUrl}/oauth/token/revocation`,
}

type Call = { url: string; form: URLSearchParams; proof: string | null }

function worldWith(answers: Record<string, (call: Call) => Response>): { world: World; calls: Call[] } {
  const calls: Call[] = []
  const world: World = {
    now: () => 1_700_000_000_000,
    newId: () => `id-${calls.length}`,
    randomBytes: (count) => new Uint8Array(count).fill(7),
    async fetch(url, init) {
      const call = {
        url,
        form: new URLSearchParams(String(init.body ?? '')),
        proof: new Headers(init.headers).get('dpop'),
      }
      calls.push(call)
      const answer = answers[new URL(url).pathname]
      if (!answer) throw new TypeError('Failed to fetch')
      return answer(call)
    },
  }
  return { world, calls }
}

const discovery = { '/oauth/.well-known/openid-configuration': () => Response.json(metadata) }
const granted = () => Response.json({ access_token: 'a', refresh_token: 'r', expires_in: 600, token_type: 'DPoP' })

const approve = (asked: URL[]) => async (url: string) => {
  const request = new URL(url)
  asked.push(request)
  const state = request.searchParams.get('state')
  return `${redirectUri}?code=c&state=${state}&iss=${encodeURIComponent(metadata.issuer)}`
}

describe('the sign-in', () => {
  it('asks the person again who has to confirm something', async () => {
    const { world } = worldWith({ ...discovery, '/oauth/token': granted })
    const asked: URL[] = []
    const key = await newProofKey()
    await signIn(gatewayUrl, redirectUri, key, world, approve(asked))
    await signIn(gatewayUrl, redirectUri, key, world, approve(asked), true)
    expect(asked.map((url) => url.searchParams.get('prompt'))).toEqual([null, 'login'])
  })

  it('is ended at the gateway, too', async () => {
    const { world, calls } = worldWith({ ...discovery, '/oauth/token/revocation': () => new Response('') })
    await revoke({ gatewayUrl, accessToken: 'a', refreshToken: 'r', expiresAt: 0 }, world)
    expect(Object.fromEntries(calls.at(-1)?.form ?? [])).toEqual({ client_id: 'extension', token: 'r' })
  })

  it('asks for a code with PKCE, bound to the key, and trades it with the verifier and a proof', async () => {
    const { world, calls } = worldWith({ ...discovery, '/oauth/token': granted })
    const key = await newProofKey()
    const asked: URL[] = []
    const tokens = await signIn(gatewayUrl, redirectUri, key, world, approve(asked))
    const trade = calls.at(-1)
    expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toMatchObject({
      client_id: 'extension',
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'openid offline_access',
      code_challenge: await sha256(trade?.form.get('code_verifier') ?? ''),
      code_challenge_method: 'S256',
      dpop_jkt: await thumbprint(key.publicJwk),
    })
    expect(trade?.form.get('grant_type')).toBe('authorization_code')
    expect(trade?.proof).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    expect(tokens).toEqual({ gatewayUrl, accessToken: 'a', refreshToken: 'r', expiresAt: 1_700_000_600_000 })
  })

  it('repeats the trade once with the nonce that the gateway asks for', async () => {
    let times = 0
    const { world, calls } = worldWith({
      ...discovery,
      '/oauth/token': () =>
        times++ === 0
          ? Response.json({ error: 'use_dpop_nonce' }, { status: 400, headers: { 'dpop-nonce': 'n' } })
          : granted(),
    })
    await signIn(gatewayUrl, redirectUri, await newProofKey(), world, approve([]))
    const claims = JSON.parse(Buffer.from(calls.at(-1)?.proof?.split('.')[1] ?? '', 'base64url').toString())
    expect(claims.nonce).toBe('n')
  })

  it('never sends anything to endpoints on another origin', async () => {
    const elsewhere = { ...metadata, token_endpoint: 'https://evil.example/token' }
    const { world, calls } = worldWith({ '/oauth/.well-known/openid-configuration': () => Response.json(elsewhere) })
    await expect(signIn(gatewayUrl, redirectUri, await newProofKey(), world, approve([]))).rejects.toThrow(SignInError)
    expect(calls.map((call) => new URL(call.url).origin)).toEqual([gatewayUrl])
  })

  it('takes no answer to another sign-in, from another issuer, or without a code', () => {
    const answer = (query: string) => () => codeFrom(`${redirectUri}?${query}`, 's', 'https://i.example')
    expect(answer('code=c&state=s')()).toBe('c')
    expect(answer('code=c&state=t')).toThrow(SignInError)
    expect(answer('code=c')).toThrow(SignInError)
    expect(answer('code=c&state=s&iss=https://evil.example')).toThrow(SignInError)
    expect(answer('error=access_denied&state=s&error_description=No.')).toThrow('No.')
  })

  it('a refused refresh means: sign in again; no answer means: try again', async () => {
    const held = { gatewayUrl, accessToken: 'a', refreshToken: 'r', expiresAt: 0 }
    const key = await newProofKey()
    const refused = worldWith({
      ...discovery,
      '/oauth/token': () => Response.json({ error: 'invalid_grant' }, { status: 400 }),
    })
    await expect(refresh(held, key, refused.world)).rejects.toMatchObject({ code: 'expired' })
    const away = worldWith({})
    await expect(refresh(held, key, away.world)).rejects.toMatchObject({ code: 'unreachable' })
    const busy = worldWith({ ...discovery, '/oauth/token': () => Response.json({}, { status: 503 }) })
    await expect(refresh(held, key, busy.world)).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('a refresh takes the new refresh token, and keeps the old one where none is given', async () => {
    const held = { gatewayUrl, accessToken: 'a', refreshToken: 'old', expiresAt: 0 }
    const key = await newProofKey()
    const rotating = worldWith({ ...discovery, '/oauth/token': granted })
    expect((await refresh(held, key, rotating.world)).refreshToken).toBe('r')
    const keeping = worldWith({
      ...discovery,
      '/oauth/token': () => Response.json({ access_token: 'b', expires_in: 600 }),
    })
    expect((await refresh(held, key, keeping.world)).refreshToken).toBe('old')
  })
})
