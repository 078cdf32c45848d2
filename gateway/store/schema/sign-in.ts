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
  id: string
  payload: string
  grant_id: string | null
  user_code: string | null
  uid: string | null
  ends_at: number | null
  /** Whose it is, where it is somebody's. */
  user_id: string | null
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
  throttles: Throttles
}
