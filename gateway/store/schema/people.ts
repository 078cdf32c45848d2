/* Tables of the people here: what is known of them, their passwords, links and groups. */

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

export type FreshPasswords = { user_id: string; version: number; sealed: string; created_at: number }

export type UserLinks = {
  hash: string
  user_id: string
  purpose: 'activation' | 'reset'
  /** The link is dead once the credential has another version. */
  credential_version: number
  created_at: number
  ends_at: number
}

export type LinkRequests = {
  id: string
  /** As it was typed, in lower case. */
  email: string
  reason: 'forgot' | 'locked'
  created_at: number
}

export type UserPhotos = { user_id: string; content: string; at: number }

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

export type PeopleTables = {
  users: Users
  user_terms: UserTerms
  user_credentials: UserCredentials
  password_proposals: PasswordProposals
  fresh_passwords: FreshPasswords
  user_links: UserLinks
  link_requests: LinkRequests
  user_photos: UserPhotos
  groups: Groups
  memberships: Memberships
}
