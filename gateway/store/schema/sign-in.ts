/* Tables of sign-ins: sessions, second factors, tokens, and who guesses. */

export type Sessions = {
  id_hash: string
  user_id: string
  created_at: number
  seen_at: number
  /** Absolute end. */
  ends_at: number
  /** Where it was begun, and what the browser called itself. */
  address: string | null
  agent: string | null
  /** When the person proved last to be the one: at the sign-in, or when asked again. */
  confirmed_at: number | null
  /** 1: a second factor was part of the sign-in. */
  factor: number
}

export type TotpFactors = {
  id: string
  user_id: string
  name: string
  /** Sealed by the vault. */
  sealed_seed: string
  /** The last time step whose code was used; 0 before. */
  last_step: number
  created_at: number
  used_at: number | null
}

export type Passkeys = {
  id: string
  user_id: string
  name: string
  /** As the authenticator calls it; base64url, like the public key. */
  credential_id: string
  public_key: string
  counter: number
  /** JSON: how the browser reaches the authenticator. */
  transports: string
  created_at: number
  used_at: number | null
}

export type RecoveryCodes = { hash: string; user_id: string; created_at: number }

export type HalfSignIns = {
  id_hash: string
  user_id: string
  credential_version: number
  /** Opens only with the key that the browser holds in a cookie. */
  sealed_password: string
  /** Path of ours that the sign-in leads to; null: home. */
  onward: string | null
  tries: number
  created_at: number
  ends_at: number
}

export type Ceremonies = {
  /** SHA-256 of the token of the session, of the half sign-in, or of a cookie made for it. */
  holder: string
  purpose: 'totp' | 'passkey_add' | 'passkey_use'
  content: string
  ends_at: number
}

export type Tokens = {
  id: string
  name: string
  role: 'admin' | 'helpdesk' | 'auditor'
  hash: string
  /** JSON: extra rights by name. */
  allow: string
  created_at: number
  ends_at: number
  used_at: number | null
}

export type OauthEntries = {
  model: string
  /** SHA-256 of the id, which is the token itself; so are the codes that people type. */
  id: string
  payload: string
  grant_id: string | null
  user_code: string | null
  uid: string | null
  ends_at: number | null
  /** Whose it is, where it is somebody's. */
  user_id: string | null
}

/** An extension or a command line that somebody is signed in with: all tokens that come from one sign-in. */
export type Programs = {
  /** Of the provider's grant. */
  id: string
  user_id: string
  client: 'extension' | 'cli'
  /** What the program called itself, and where it was when it was signed in. */
  agent: string | null
  address: string | null
  created_at: number
  seen_at: number
  ends_at: number
  /** SHA-256 of the refresh token that was used last, and what it was answered with, sealed by that token. */
  renewed_with: string | null
  answer: string | null
}

export type Throttles = {
  key: string
  failures: number
  until_at: number
  updated_at: number
}

export type SignInTables = {
  sessions: Sessions
  totp_factors: TotpFactors
  passkeys: Passkeys
  recovery_codes: RecoveryCodes
  half_sign_ins: HalfSignIns
  ceremonies: Ceremonies
  tokens: Tokens
  oauth_entries: OauthEntries
  programs: Programs
  throttles: Throttles
}
