/*
 * The tables. Text, integer and big integer only, since they mean the same in SQLite and PostgreSQL: booleans are 0 or 1,
 * points in time are ms since 1970, structures are JSON in text and never queried inside.
 */

export type Users = {
  id: string
  /** Lower case, unique. */
  email: string
  display_name: string
  /** The display name folded for sorting. */
  name_lc: string
  given_name: string | null
  family_name: string | null
  alternate_email: string | null
  state: 'staged' | 'active' | 'suspended'
  role: 'admin' | 'helpdesk' | 'auditor' | null
  /** JSON: the directory's attributes apart from the names above. */
  attributes: string
  manager_id: string | null
  /** Since when the accounts are blocked because the password has expired. */
  expiry_blocked_at: number | null
  created_at: number
  updated_at: number
  /** Set when the person is gone for everybody and only stays until the last account has been let go. */
  deleted_at: number | null
}

/** What a search finds: lower-cased words of names and the email, by prefix. */
export type UserTerms = { term: string; user_id: string }

export type UserCredentials = {
  user_id: string
  version: number
  /** argon2id PHC string, wrapped by the vault. */
  wrapped_hash: string
  changed_at: number
  must_change: number
  /** JSON: wrapped former hashes, newest first. */
  history: string
  /** When its age was looked at last; null: never. */
  expiry_looked_at: number | null
  /** When the person was told that it has expired. */
  expiry_told_at: number | null
}

/** A change that was offered to the tenant and is not decided yet; at most one per user. */
export type PasswordProposals = {
  user_id: string
  version: number
  wrapped_hash: string
  /** 1 from the moment when a tenant may have seen it: then it is only rolled forward. */
  sent: number
  must_change: number
  origin: 'change' | 'set' | 'link'
  /** JSON: who asked for it, so that a restart can finish it in his name. */
  actor: string
  created_at: number
}

/** Links in mails that let a person set a password, by the SHA-256 of what stands in the link. */
export type UserLinks = {
  hash: string
  user_id: string
  purpose: 'activation' | 'reset'
  /** The link is dead once the credential has another version. */
  credential_version: number
  created_at: number
  ends_at: number
}

/** Somebody, perhaps nobody we know, asked for a link, or guessed too often; a mail answers it later, if one does. */
export type LinkRequests = {
  id: string
  /** As it was typed, in lower case. */
  email: string
  reason: 'forgot' | 'locked'
  created_at: number
}

export type Connections = {
  id: string
  name: string
  tenant_id: string
  tenant_name: string
  /** JSON: verified, managed domains. */
  domains: string
  default_domain: string
  /** JSON: the contract's Cloud. */
  cloud: string
  client_id: string
  /** The credential, sealed by the vault; null once deactivated. */
  sealed_credential: string | null
  /** Object id of our own service principal in the tenant. */
  service_principal_id: string | null
  state: 'active' | 'paused' | 'error' | 'deactivated'
  /** JSON: { code, detail, remedy }. */
  error: string | null
  /** JSON: the contract's ConnectionSettings. */
  settings: string
  delta_link: string | null
  full_read_at: number | null
  protected_read_at: number | null
  /** JSON: { at, took, observed, applied, failed }. */
  last_cycle: string | null
  /** JSON: the contract's Brake, while operations are held. */
  brake: string | null
  /** Plan that an admin has released, by its id, with who and until when. JSON. */
  approval: string | null
  created_at: number
  /** Where the next round of the groups' delta begins, and when they were last read in full. */
  groups_link: string | null
  groups_read_at: number | null
  /** 1: it comes back, and a person has not approved the plan of that yet. */
  returning: number
  /** When every account was last asked when its password changed. */
  passwords_read_at: number | null
  /** JSON: the domain's Claim; null before the tenant was first marked as ours. */
  claim: string | null
  /** JSON: the domain's Quarantine, while bulk work waits. */
  quarantine: string | null
  /** When the secret or certificate ends, where anybody tells. */
  credential_ends_at: number | null
  /** When that was asked last, and of how many days before the end somebody was warned last. */
  credential_read_at: number | null
  credential_warned: number | null
  /** JSON: { accountId, name } of the administrator whose sign-in the connection uses. */
  authorised_by: string | null
  /** MSAL's cache of that sign-in, sealed by the vault. */
  sealed_tokens: string | null
  /** JSON: the LicenceStock as last read; null before. */
  licence_stock: string | null
}

/** A sign-in of an administrator at Microsoft that was begun. */
export type Authorizations = {
  /** SHA-256 of the state that comes back. */
  state_hash: string
  /** Who may finish it: the session, person or token that began it. */
  owner: string
  name: string
  /** JSON: the contract's Cloud. */
  cloud: string
  /** The connection whose sign-in is renewed. */
  connection_id: string | null
  ends_at: number
}

export type Bindings = {
  connection_id: string
  user_id: string
  account_id: string | null
  state: 'pending' | 'in_sync' | 'out_of_sync' | 'retrying' | 'failed' | 'missing' | 'out_of_scope' | 'unbinding'
  attributes_mode: 'fill_empty' | 'ours_win'
  /** JSON: our values when both sides were last reconciled; null before the first time. */
  baseline: string | null
  /** 1: an admin has named this person with a typed count, so that the brake does not count what the binding itself needs. */
  named: number
  override_protected: number
  /** 1: an admin ticked that an account found disabled is to be enabled. */
  enable: number
  /** What becomes of the account when the binding is unbinding. */
  unbind: 'block' | 'keep' | null
  /** How many changes no plan has covered yet; 0 when there is nothing to look at. */
  dirty: number
  attempt: number
  next_attempt_at: number | null
  /** JSON: { code, detail, remedy, requestId }. */
  error: string | null
  /** JSON: the contract's Drift[]. */
  drift: string
  password_state: 'none' | 'awaiting_login' | 'pending' | 'in_sync' | 'rejected' | 'drifted'
  password_version: number | null
  password_synced_at: number | null
  password_reason: string | null
  /** `valid`: the account has the password from before it was taken over. `ending`: an admin wants that to end. */
  old_password: 'valid' | 'ending' | null
  last_sync_at: number | null
  created_at: number
  /** When the tenant took our last version, by its own clock; later, while a copy of ours may still land there. */
  password_tenant_at: number | null
  /** `restore`: an admin wants the deleted account back. `return`: the connection comes back, and this binding with it. */
  recover: 'restore' | 'return' | null
  /** JSON: attributes whose drift an admin wants repaired. */
  repair: string
  /** When the account is read by id, since no delta has to tell what is looked for. */
  verify_at: number | null
  /** The job that asked for what the binding is about to do. */
  job_id: string | null
  /** Since when the person's sign-in is awaited, and when that was last looked at. */
  awaiting_since: number | null
  awaiting_looked_at: number | null
  /** JSON: { attribute, detail }[], values that the mapping could not make. */
  unmapped: string
  /** JSON: the domain's LicenceState[] with the name of each. */
  licences: string
  /** Since when a licence of this person waits for a seat. */
  licences_wait_since: number | null
  /** When the account was settled as blocked, while the person is. */
  blocked_at: number | null
  /** 1: blocked for so long that our licences are taken back. */
  licences_end: number
  /** When the person was told that the account has the password of here; null: not yet. */
  told_at: number | null
}

/** An account that was let go blocked, whose licences of ours are taken back later. */
export type Leavers = {
  connection_id: string
  account_id: string
  user_id: string
  /** JSON: ids of SKUs. */
  skus: string
  blocked_at: number
  next_attempt_at: number | null
}

/** What an account was before a write of ours, for 30 days. */
export type BeforeImages = {
  event_id: string
  connection_id: string
  user_id: string
  account_id: string
  job_id: string | null
  cycle_id: string | null
  /** The kind of the operation. */
  kind: string
  /** JSON: { attribute, before, after }[]. */
  changes: string
  at: number
  undone_at: number | null
}

export type Groups = {
  id: string
  display_name: string
  /** The display name folded for sorting and searching. */
  name_lc: string
  description: string | null
  created_at: number
  updated_at: number
}

export type Memberships = { group_id: string; user_id: string }

/** A group of a tenant as last observed. */
export type RemoteGroups = {
  connection_id: string
  id: string
  name_lc: string
  /** JSON: the domain's ObservedGroup without its members. */
  observed: string
  deleted_at: number | null
  seen_at: number
}

export type RemoteMembers = { connection_id: string; group_id: string; member_id: string }

/** A group of ours that one in a tenant follows. */
export type GroupBindings = {
  connection_id: string
  group_id: string
  /** Object id in the tenant; null until it is made. */
  remote_id: string | null
  state: 'pending' | 'in_sync' | 'out_of_sync' | 'retrying' | 'failed' | 'missing'
  /** JSON: our name and description when both sides were last reconciled, and who was in both. */
  baseline: string | null
  dirty: number
  /** 1: a person has named this group, so that the brake does not hold back what follows from it. */
  named: number
  attempt: number
  next_attempt_at: number | null
  /** JSON: { code, detail, remedy }. */
  error: string | null
  last_sync_at: number | null
  created_at: number
}

/** Who was bound, and what was blocked by us, when a connection was deactivated. */
export type Tombstones = {
  tenant_id: string
  account_id: string
  user_id: string | null
  /** JSON: what of the binding is still true later. */
  binding: string | null
  blocked_by: string | null
  ends_at: number
}

export type Accounts = {
  connection_id: string
  id: string
  /** Lower case, for matching. */
  user_principal_name: string
  display_name_lc: string
  immutable_id: string | null
  /** JSON: the domain's ObservedAccount. */
  observed: string
  deleted_at: number | null
  protection: string | null
  /** The cause of a block that we wrote and nobody lifted since. */
  blocked_by: 'suspended' | 'unbound' | 'expired' | 'admin' | 'staged' | 'out_of_scope' | null
  /** JSON: what we wrote lately, so that a stale answer does not look like somebody else's change. */
  written: string
  seen_at: number
  /** What was seen was taken for a late answer; from then on it is known whether it was one. */
  doubt_until: number | null
  /** The cause of a block that went out and whose outcome is not known yet. */
  blocking: 'suspended' | 'unbound' | 'expired' | 'admin' | 'staged' | 'out_of_scope' | null
  /** When it went out. */
  blocking_at: number | null
  /** 1: blocked by us, and the sessions are not known to be revoked yet. */
  revoke_due: number
  /** What the mailbox is for as the tenant says (`user`, `shared`, `room`, …); null while it was not asked. */
  mailbox: string | null
  licensed: number
  /** 1: cannot sign in and has an address but no licence, as shared mailboxes do. */
  looks_shared: number
  /** 1: the name is no address that a user can have here. */
  odd_name: number
}

/** Which account a person was imported from, bound or not. */
export type ImportLinks = {
  connection_id: string
  account_id: string
  user_id: string
  job_id: string
  at: number
}

/** What a search for accounts finds: folded words of names and addresses, by prefix. */
export type AccountTerms = { connection_id: string; term: string; account_id: string }

/** A JPEG without metadata, in base64. */
export type UserPhotos = { user_id: string; content: string; at: number }

/** Addresses of accounts, lower case, for matching. */
export type AccountAddresses = {
  connection_id: string
  address: string
  account_id: string
}

export type PendingPasswords = {
  connection_id: string
  user_id: string
  version: number
  /** The account that it is for; empty while the account does not exist yet. */
  account_id: string
  /** Sealed by the vault. */
  sealed: string
  created_at: number
  /** It has arrived, and is sent once more then, since an older one may land after it. */
  again_at: number | null
}

/** A password that left, by the event of its write; gone once it is known what became of it. */
export type PasswordTickets = {
  event_id: string
  connection_id: string
  user_id: string
  version: number
  at: number
}

/** An admin-set password of somebody who is not bound yet, sealed; it goes to the first account. */
export type FreshPasswords = { user_id: string; version: number; sealed: string; created_at: number }

export type Events = {
  seq: number
  id: string
  at: number
  type: string
  outcome: 'success' | 'failure' | 'retrying' | 'skipped'
  cause: string | null
  actor_kind: 'user' | 'admin' | 'token' | 'system' | 'cli'
  actor_id: string | null
  actor_name: string
  user_id: string | null
  connection_id: string | null
  account_id: string | null
  changes: string
  request_id: string | null
  detail: string | null
  hash: string
}

/** The end of the event chain: one row, locked by whoever appends. */
export type EventHead = { id: number; seq: number; hash: string }

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

/** By the SHA-256 of the code; a used one is gone. */
export type RecoveryCodes = { hash: string; user_id: string; created_at: number }

/** A sign-in whose password was right and whose second factor is still to come. */
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

/** What was handed to a browser and is expected back: a passkey's challenge, or a seed that is being set up. */
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

/** What the OpenID provider stores, by its own model names. */
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

export type Jobs = {
  id: string
  kind: 'import' | 'import_undo' | 'bulk' | 'sync' | 'users_import' | 'undo' | 'drift' | 'rollout'
  connection_id: string | null
  /** JSON: who started it. */
  actor: string
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  /** JSON: what was asked for, so that a restart goes on. */
  input: string
  total: number
  done: number
  failed: number
  detail: string | null
  created_at: number
  started_at: number | null
  ended_at: number | null
  /** When work last began or went on, and how many items had a result then: what the time left is reckoned from. */
  resumed_at: number | null
  resumed_count: number
}

export type JobResults = {
  job_id: string
  item: string
  ok: number
  result: string
}

export type Leases = {
  name: string
  owner: string
  until_at: number
  epoch: number
}
export type Settings = { key: string; value: string }
export type IdempotencyKeys = {
  scope: string
  key: string
  fingerprint: string
  status: number | null
  answer: string | null
  created_at: number
}
/** Failed attempts by account or address; survives restarts and is shared by replicas. */
export type Throttles = {
  key: string
  failures: number
  until_at: number
  updated_at: number
}

export type Mails = {
  id: string
  user_id: string | null
  kind: string
  recipient: string
  subject: string
  /** Text and HTML until it is delivered: they may hold a link. Null from then on. */
  sealed: string | null
  /** `bounced`: the server of the recipient refused it for good. `failed`: given up after many attempts. */
  state: 'queued' | 'sent' | 'bounced' | 'failed'
  attempt: number
  next_attempt_at: number
  created_at: number
  sent_at: number | null
  error: string | null
}

export type Database = {
  users: Users
  user_terms: UserTerms
  user_credentials: UserCredentials
  password_proposals: PasswordProposals
  user_links: UserLinks
  link_requests: LinkRequests
  connections: Connections
  authorizations: Authorizations
  bindings: Bindings
  before_images: BeforeImages
  tombstones: Tombstones
  leavers: Leavers
  groups: Groups
  memberships: Memberships
  remote_groups: RemoteGroups
  remote_members: RemoteMembers
  group_bindings: GroupBindings
  accounts: Accounts
  account_addresses: AccountAddresses
  account_terms: AccountTerms
  import_links: ImportLinks
  user_photos: UserPhotos
  pending_passwords: PendingPasswords
  fresh_passwords: FreshPasswords
  password_tickets: PasswordTickets
  events: Events
  event_head: EventHead
  sessions: Sessions
  totp_factors: TotpFactors
  passkeys: Passkeys
  recovery_codes: RecoveryCodes
  half_sign_ins: HalfSignIns
  ceremonies: Ceremonies
  tokens: Tokens
  oauth_entries: OauthEntries
  jobs: Jobs
  job_results: JobResults
  leases: Leases
  settings: Settings
  idempotency_keys: IdempotencyKeys
  throttles: Throttles
  mails: Mails
}
