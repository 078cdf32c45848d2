import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { z } from 'zod'
import { system } from '../domain/actor.ts'
import { Problem } from '../domain/problem.ts'
import { isCounterSuspicious } from '../domain/second-factor.ts'
import { findPasskey, markPasskeyUsed, type PasskeyRow, passkeysOf } from '../store/factors.ts'
import { type Purpose, putCeremony, takeCeremony } from '../store/half-sign-ins.ts'
import { findUser, type UserRow } from '../store/users.ts'
import type { Context } from './context.ts'

/** For how long a challenge can be answered. */
export const challengeMs = 5 * 60_000
const challengeBytes = 32

const base64url = z
  .string()
  .regex(/^[\w-]+$/)
  .max(12_000)
const Common = { id: base64url, rawId: base64url, type: z.literal('public-key') }
const Added = z.object({ ...Common, response: z.object({ clientDataJSON: base64url, attestationObject: base64url }) })
const Used = z.object({
  ...Common,
  response: z.object({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url }),
})
export const AddedPasskey = z.custom<RegistrationResponseJSON>((value) => Added.safeParse(value).success)
export const UsedPasskey = z.custom<AuthenticationResponseJSON>((value) => Used.safeParse(value).success)
const Transports = z.array(z.string().max(32)).max(10)

const refused = () =>
  new Problem('passkey_refused', 'The passkey was not accepted. Try again, or use another way to sign in.')

/** Passkeys belong to the address under which people reach the portal. */
const partyOf = ({ settings }: Context) => ({ id: new URL(settings.publicUrl).hostname, origin: settings.publicUrl })

async function keepChallenge({ store }: Context, holder: string, purpose: Purpose, challenge: string): Promise<void> {
  await store.change(system, async (change) => {
    change.quiet('a challenge for a passkey')
    await putCeremony(change.trx, { holder, purpose, content: challenge, ends_at: change.now + challengeMs })
  })
}

async function takeChallenge({ store }: Context, holder: string, purpose: Purpose): Promise<string> {
  const challenge = await store.change(system, async (change) => {
    change.quiet('a challenge for a passkey')
    return await takeCeremony(change.trx, holder, purpose, change.now)
  })
  if (challenge === undefined) throw refused()
  return challenge
}

/** What the browser needs to make a passkey for this person. */
export async function offerPasskey(
  context: Context,
  user: UserRow,
  holder: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const options = await generateRegistrationOptions({
    rpName: context.settings.organisation,
    rpID: partyOf(context).id,
    userName: user.email,
    userDisplayName: user.display_name,
    userID: new Uint8Array(Buffer.from(user.id)),
    challenge: new Uint8Array(context.runtime.randomBytes(challengeBytes)),
    timeout: challengeMs,
    excludeCredentials: (await passkeysOf(context.store.db, user.id)).map(({ credential_id: id }) => ({ id })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
  })
  await keepChallenge(context, holder, 'passkey_add', options.challenge)
  return options
}

export type NewPasskey = Pick<PasskeyRow, 'credential_id' | 'public_key' | 'counter' | 'transports'>

/** The passkey that a browser made, once it is proved. Problem `passkey_refused`. */
export async function provedPasskey(
  context: Context,
  holder: string,
  response: RegistrationResponseJSON,
): Promise<NewPasskey> {
  const expectedChallenge = await takeChallenge(context, holder, 'passkey_add')
  const { id, origin } = partyOf(context)
  const checked = await verifyRegistrationResponse({
    response,
    expectedChallenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
  }).catch(() => null)
  if (checked === null || !checked.verified) throw refused()
  const { credential } = checked.registrationInfo
  const transports = Transports.safeParse(response.response.transports ?? [])
  return {
    credential_id: credential.id,
    public_key: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: JSON.stringify(transports.success ? transports.data : []),
  }
}

/** What the browser needs to use a passkey: one of this person, or of whoever it turns out to be. */
export async function askPasskey(
  context: Context,
  holder: string,
  user: Pick<UserRow, 'id'> | null,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const own = user === null ? [] : await passkeysOf(context.store.db, user.id)
  const options = await generateAuthenticationOptions({
    rpID: partyOf(context).id,
    challenge: new Uint8Array(context.runtime.randomBytes(challengeBytes)),
    timeout: challengeMs,
    userVerification: 'required',
    allowCredentials: own.map(({ credential_id: id, transports }) => ({
      id,
      transports: Transports.parse(JSON.parse(transports)),
    })),
  })
  await keepChallenge(context, holder, 'passkey_use', options.challenge)
  return options
}

/** Who used a passkey. Problem `passkey_refused`. */
export async function personOfPasskey(
  context: Context,
  holder: string,
  response: AuthenticationResponseJSON,
): Promise<UserRow> {
  const { store } = context
  const expectedChallenge = await takeChallenge(context, holder, 'passkey_use')
  const passkey = await findPasskey(store.db, response.id)
  const user = passkey && (await findUser(store.db, passkey.user_id))
  if (passkey === undefined || user?.state !== 'active') throw refused()
  const { id, origin } = partyOf(context)
  const checked = await verifyAuthenticationResponse({
    response,
    expectedChallenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
    // The counter is ours to judge, since a suspicious one has to be told.
    credential: { id: passkey.credential_id, publicKey: bytesOf(passkey.public_key), counter: 0 },
  }).catch(() => null)
  if (checked === null || !checked.verified) throw refused()
  await count(context, user, passkey, checked.authenticationInfo.newCounter)
  return user
}

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))

async function count({ store }: Context, user: UserRow, passkey: PasskeyRow, counter: number): Promise<void> {
  const isCopied = await store.change(system, async (change) => {
    const before = (await findPasskey(change.trx, passkey.credential_id))?.counter ?? passkey.counter
    if (!isCounterSuspicious(before, counter)) {
      change.quiet('a passkey was used; the sign-in that it is for says so')
      await markPasskeyUsed(change.trx, passkey.id, counter, change.now)
      return false
    }
    const detail = `The passkey "${passkey.name}" counted ${counter} after ${before}: it may have been copied.`
    change.event({ type: 'login_passkey_suspicious', outcome: 'failure', user: user.id, detail })
    return true
  })
  if (isCopied) throw refused()
}
