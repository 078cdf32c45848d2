import { join } from 'node:path'
import { z } from 'zod'
import { readPrivate, replacePrivate } from '../store/private-file.ts'
import { CommandError, type Shell } from './shell.ts'

/** What "lockstep login" has brought. Times in ms since the epoch. */
const SignIn = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Of the access token. */
  endsAt: z.number(),
})
export type SignIn = z.infer<typeof SignIn>

/** By the origin of the gateway, the one signed in at last being last. */
const SignIns = z.array(z.tuple([z.string(), SignIn]))

/** Where sign-ins are kept, for their owner alone: the folder that XDG names, or the one for application data. */
export function signInsFile(env: Shell['env']): string {
  const home = env['HOME'] || env['USERPROFILE']
  const folder = env['XDG_CONFIG_HOME'] || env['APPDATA'] || (home && join(home, '.config'))
  if (!folder) throw new CommandError('There is no home folder to keep the sign-in in. Set XDG_CONFIG_HOME.')
  return join(folder, 'lockstep', 'sign-ins.json')
}

export function readSignIns(env: Shell['env']): Map<string, SignIn> {
  const file = signInsFile(env)
  const text = readOwn(file)
  if (text === undefined) return new Map()
  try {
    return new Map(SignIns.parse(JSON.parse(text)))
  } catch {
    throw new CommandError(`${file} is damaged. Remove it and sign in again with "lockstep login".`)
  }
}

function readOwn(file: string): string | undefined {
  try {
    return readPrivate(file)?.toString('utf8')
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error))
  }
}

/** Signed in anew there, which makes it the last one. */
export function addSignIn(env: Shell['env'], url: string, signIn: SignIn): void {
  const all = readSignIns(env)
  all.delete(url)
  write(env, all.set(url, signIn))
}

/** The tokens were renewed. Nothing happens when somebody has signed out meanwhile. */
export function renewSignIn(env: Shell['env'], url: string, signIn: SignIn): void {
  const all = readSignIns(env)
  if (all.has(url)) write(env, all.set(url, signIn))
}

export function dropSignIn(env: Shell['env'], url: string): void {
  const all = readSignIns(env)
  if (all.delete(url)) write(env, all)
}

const write = (env: Shell['env'], all: Map<string, SignIn>) =>
  replacePrivate(signInsFile(env), Buffer.from(`${JSON.stringify([...all], null, 2)}\n`))
