import { hostname } from 'node:os'
import {
  allowInsecureRequests,
  type Configuration,
  customFetch,
  discovery,
  initiateDeviceAuthorization,
  None,
  pollDeviceAuthorizationGrant,
  ResponseBodyError,
  refreshTokenGrant,
  type TokenEndpointResponse,
  tokenRevocation,
} from 'openid-client'
import { loopback } from '../domain/loopback.ts'
import { version } from '../version.ts'
import { CommandError, type Shell } from './shell.ts'
import type { SignIn } from './sign-ins.ts'

const scope = 'openid offline_access'

/** Shown on the page that asks for a yes, and in the list of where somebody is signed in. */
const agent = () => `Lockstep CLI/${version} (${systems[process.platform] ?? process.platform}; ${hostname()})`
const systems: Partial<Record<NodeJS.Platform, string>> = { linux: 'Linux', darwin: 'Mac OS X', win32: 'Windows' }

/** Asks the gateway for a code, has it shown, and waits until a person has said yes or no to it in the portal. */
export async function signInByCode(
  shell: Shell,
  url: string,
  show: (asked: { address: string; code: string }) => void,
): Promise<SignIn> {
  return await reaching(url, async () => {
    const gateway = await providerAt(shell, url)
    const asked = await initiateDeviceAuthorization(gateway, { scope })
    show({ address: asked.verification_uri, code: asked.user_code })
    return tokensOf(await pollDeviceAuthorizationGrant(gateway, asked, undefined, { signal: shell.ending }))
  })
}

/** New tokens for old ones. Null: the sign-in has ended. */
export async function renew(shell: Shell, url: string, refreshToken: string): Promise<SignIn | null> {
  return await reaching(url, async () => {
    try {
      return tokensOf(await refreshTokenGrant(await providerAt(shell, url), refreshToken))
    } catch (error) {
      if (error instanceof ResponseBodyError && error.error === 'invalid_grant') return null
      throw error
    }
  })
}

/** Ends the sign-in at the gateway. */
export async function revoke(shell: Shell, url: string, refreshToken: string): Promise<void> {
  await reaching(url, async () => await tokenRevocation(await providerAt(shell, url), refreshToken))
}

async function providerAt(shell: Shell, url: string): Promise<Configuration> {
  const isNear = loopback.test(new URL(url).hostname)
  return await discovery(new URL(`${url}/oauth`), 'cli', undefined, None(), {
    [customFetch]: (address, init) =>
      shell.fetch(address, { ...init, headers: { ...init.headers, 'user-agent': agent() } } as RequestInit),
    // http is taken on this machine alone.
    ...(isNear && { execute: [allowInsecureRequests] }),
  })
}

function tokensOf(answer: TokenEndpointResponse): SignIn {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds = 0 } = answer
  if (refreshToken === undefined) throw new CommandError('The gateway gave no token to renew the sign-in with.')
  return { accessToken, refreshToken, endsAt: Date.now() + seconds * 1_000 }
}

const refusals: Readonly<Record<string, string>> = {
  access_denied: 'It was answered with no. Nobody is signed in.',
  expired_token: 'Nobody said yes within ten minutes. Start "lockstep login" again.',
}

/** Says in a sentence what went wrong on the way. */
async function reaching<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CommandError) throw error
    if (error instanceof ResponseBodyError)
      throw new CommandError(refusals[error.error] ?? `${url} refused: ${error.error_description ?? error.error}`)
    if (error instanceof Error && error.name === 'AbortError') throw new CommandError('Not waiting any longer.')
    const answer = error instanceof Error && error.cause instanceof Response ? error.cause.status : null
    if (answer === 429) throw new CommandError('Too many sign-ins were begun from here. Wait a minute and try again.')
    if (answer === 503) throw new CommandError(`${url} cannot answer at the moment. Try again later.`)
    throw new CommandError(`What answers at ${url} is not a Lockstep gateway, or nothing does.`)
  }
}
