/* Tables of what happened and what is under way: events, mails, jobs, and the instance itself. */

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

export type EventHead = { id: number; seq: number; hash: string }

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

export type RecordTables = {
  events: Events
  event_head: EventHead
  mails: Mails
  jobs: Jobs
  job_results: JobResults
  leases: Leases
  settings: Settings
  idempotency_keys: IdempotencyKeys
}
