/* Tables of the tenants: connections, what was observed there, and who is bound to what. */

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

export type Tombstones = {
  tenant_id: string
  account_id: string
  user_id: string | null
  /** JSON: what of the binding is still true later. */
  binding: string | null
  blocked_by: string | null
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

export type Leavers = {
  connection_id: string
  account_id: string
  user_id: string
  /** JSON: ids of SKUs. */
  skus: string
  blocked_at: number
  next_attempt_at: number | null
}

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

export type AccountTerms = { connection_id: string; term: string; account_id: string }

export type AccountAddresses = {
  connection_id: string
  address: string
  account_id: string
}

export type ImportLinks = {
  connection_id: string
  account_id: string
  user_id: string
  job_id: string
  at: number
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

export type PasswordTickets = {
  event_id: string
  connection_id: string
  user_id: string
  version: number
  at: number
}

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

export type TenantTables = {
  connections: Connections
  authorizations: Authorizations
  tombstones: Tombstones
  bindings: Bindings
  leavers: Leavers
  before_images: BeforeImages
  accounts: Accounts
  account_terms: AccountTerms
  account_addresses: AccountAddresses
  import_links: ImportLinks
  pending_passwords: PendingPasswords
  password_tickets: PasswordTickets
  remote_groups: RemoteGroups
  remote_members: RemoteMembers
  group_bindings: GroupBindings
}
