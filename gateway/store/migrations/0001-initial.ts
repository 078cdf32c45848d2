import type { CreateTableBuilder, Kysely, Migration } from 'kysely'

/** Column names by type; a "?" at the end of a name allows null. */
type Columns = { text?: string; integer?: string; bigint?: string }

function columns<T extends string>(table: CreateTableBuilder<T, never>, given: Columns) {
  let built: CreateTableBuilder<T, string> = table
  for (const type of ['text', 'integer', 'bigint'] as const) {
    for (const name of (given[type] ?? '').split(' ').filter((word) => word !== '')) {
      built = name.endsWith('?')
        ? built.addColumn(name.slice(0, -1), type)
        : built.addColumn(name, type, (column) => column.notNull())
    }
  }
  return built
}

async function people(db: Kysely<unknown>) {
  await columns(db.schema.createTable('users'), {
    text: 'id email display_name name_lc given_name? family_name? alternate_email? state role? attributes manager_id?',
    bigint: 'created_at updated_at deleted_at?',
  })
    .addPrimaryKeyConstraint('users_pk', ['id'])
    .execute()
  await columns(db.schema.createTable('user_terms'), { text: 'term user_id' })
    .addPrimaryKeyConstraint('user_terms_pk', ['term', 'user_id'])
    .addForeignKeyConstraint('user_terms_user', ['user_id'], 'users', ['id'], (c) => c.onDelete('cascade'))
    .execute()
  await columns(db.schema.createTable('user_credentials'), {
    text: 'user_id wrapped_hash history',
    integer: 'version must_change',
    bigint: 'changed_at',
  })
    .addPrimaryKeyConstraint('user_credentials_pk', ['user_id'])
    .addForeignKeyConstraint('user_credentials_user', ['user_id'], 'users', ['id'], (c) => c.onDelete('cascade'))
    .execute()
  await columns(db.schema.createTable('password_proposals'), {
    text: 'user_id wrapped_hash origin actor',
    integer: 'version sent must_change',
    bigint: 'created_at',
  })
    .addPrimaryKeyConstraint('password_proposals_pk', ['user_id'])
    .addForeignKeyConstraint('password_proposals_user', ['user_id'], 'users', ['id'], (c) => c.onDelete('cascade'))
    .execute()
  await columns(db.schema.createTable('user_links'), {
    text: 'hash user_id purpose',
    integer: 'credential_version',
    bigint: 'created_at ends_at',
  })
    .addPrimaryKeyConstraint('user_links_pk', ['hash'])
    .addForeignKeyConstraint('user_links_user', ['user_id'], 'users', ['id'], (c) => c.onDelete('cascade'))
    .execute()
  await columns(db.schema.createTable('sessions'), { text: 'id_hash user_id', bigint: 'created_at seen_at ends_at' })
    .addPrimaryKeyConstraint('sessions_pk', ['id_hash'])
    .addForeignKeyConstraint('sessions_user', ['user_id'], 'users', ['id'], (c) => c.onDelete('cascade'))
    .execute()
  await columns(db.schema.createTable('tokens'), {
    text: 'id name role hash allow',
    bigint: 'created_at ends_at used_at?',
  })
    .addPrimaryKeyConstraint('tokens_pk', ['id'])
    .addUniqueConstraint('tokens_hash', ['hash'])
    .execute()
}

async function tenants(db: Kysely<unknown>) {
  await columns(db.schema.createTable('connections'), {
    text: 'id name tenant_id tenant_name domains default_domain cloud client_id sealed_credential? service_principal_id? state error? settings delta_link? last_cycle? brake? approval?',
    bigint: 'full_read_at? protected_read_at? created_at',
  })
    .addPrimaryKeyConstraint('connections_pk', ['id'])
    .execute()
  await columns(db.schema.createTable('bindings'), {
    text: 'connection_id user_id account_id? state attributes_mode baseline? unbind? error? drift password_state password_reason?',
    integer: 'named override_protected enable dirty attempt password_version?',
    bigint: 'next_attempt_at? password_synced_at? last_sync_at? created_at',
  })
    .addPrimaryKeyConstraint('bindings_pk', ['connection_id', 'user_id'])
    .addForeignKeyConstraint('bindings_connection', ['connection_id'], 'connections', ['id'])
    .addForeignKeyConstraint('bindings_user', ['user_id'], 'users', ['id'])
    .execute()
  await columns(db.schema.createTable('accounts'), {
    text: 'connection_id id user_principal_name display_name_lc immutable_id? observed protection? blocked_by? written',
    bigint: 'deleted_at? seen_at',
  })
    .addPrimaryKeyConstraint('accounts_pk', ['connection_id', 'id'])
    .addForeignKeyConstraint('accounts_connection', ['connection_id'], 'connections', ['id'], (c) =>
      c.onDelete('cascade'),
    )
    .execute()
  await columns(db.schema.createTable('account_addresses'), { text: 'connection_id address account_id' })
    .addPrimaryKeyConstraint('account_addresses_pk', ['connection_id', 'address', 'account_id'])
    .addForeignKeyConstraint('account_addresses_connection', ['connection_id'], 'connections', ['id'], (c) =>
      c.onDelete('cascade'),
    )
    .execute()
  await columns(db.schema.createTable('pending_passwords'), {
    text: 'connection_id user_id account_id sealed',
    integer: 'version',
    bigint: 'created_at dispatched_at?',
  })
    .addPrimaryKeyConstraint('pending_passwords_pk', ['connection_id', 'user_id', 'version'])
    .addForeignKeyConstraint(
      'pending_passwords_binding',
      ['connection_id', 'user_id'],
      'bindings',
      ['connection_id', 'user_id'],
      (c) => c.onDelete('cascade'),
    )
    .execute()
  await columns(db.schema.createTable('fresh_passwords'), {
    text: 'user_id sealed',
    integer: 'version',
    bigint: 'created_at',
  })
    .addPrimaryKeyConstraint('fresh_passwords_pk', ['user_id'])
    .addForeignKeyConstraint('fresh_passwords_user', ['user_id'], 'users', ['id'], (c) => c.onDelete('cascade'))
    .execute()
}

async function records(db: Kysely<unknown>) {
  await columns(db.schema.createTable('events').addColumn('seq', 'integer', (c) => c.notNull()) as never, {
    text: 'id type outcome cause? actor_kind actor_id? actor_name user_id? connection_id? account_id? changes request_id? detail? hash',
    bigint: 'at',
  })
    .addPrimaryKeyConstraint('events_pk', ['seq'])
    .addUniqueConstraint('events_id', ['id'])
    .execute()
  await columns(db.schema.createTable('event_head'), { text: 'hash', integer: 'id seq' })
    .addPrimaryKeyConstraint('event_head_pk', ['id'])
    .execute()
  await columns(db.schema.createTable('mails'), {
    text: 'id user_id? kind recipient subject text html state error?',
    integer: 'attempt',
    bigint: 'next_attempt_at created_at sent_at?',
  })
    .addPrimaryKeyConstraint('mails_pk', ['id'])
    .execute()
  await columns(db.schema.createTable('jobs'), {
    text: 'id kind connection_id? actor state input detail?',
    integer: 'total done failed',
    bigint: 'created_at started_at? ended_at?',
  })
    .addPrimaryKeyConstraint('jobs_pk', ['id'])
    .execute()
  await columns(db.schema.createTable('job_results'), { text: 'job_id item result', integer: 'ok' })
    .addPrimaryKeyConstraint('job_results_pk', ['job_id', 'item'])
    .addForeignKeyConstraint('job_results_job', ['job_id'], 'jobs', ['id'], (c) => c.onDelete('cascade'))
    .execute()
}

async function workings(db: Kysely<unknown>) {
  await columns(db.schema.createTable('oauth_entries'), {
    text: 'model id payload grant_id? user_code? uid?',
    bigint: 'ends_at?',
  })
    .addPrimaryKeyConstraint('oauth_entries_pk', ['model', 'id'])
    .execute()
  await columns(db.schema.createTable('leases'), { text: 'name owner', integer: 'epoch', bigint: 'until_at' })
    .addPrimaryKeyConstraint('leases_pk', ['name'])
    .execute()
  await columns(db.schema.createTable('settings'), { text: 'key value' })
    .addPrimaryKeyConstraint('settings_pk', ['key'])
    .execute()
  await columns(db.schema.createTable('idempotency_keys'), {
    text: 'scope key fingerprint answer?',
    integer: 'status?',
    bigint: 'created_at',
  })
    .addPrimaryKeyConstraint('idempotency_keys_pk', ['scope', 'key'])
    .execute()
  await columns(db.schema.createTable('throttles'), { text: 'key', integer: 'failures', bigint: 'until_at updated_at' })
    .addPrimaryKeyConstraint('throttles_pk', ['key'])
    .execute()
}

/** Table and columns of every plain index; each serves a list, a search or a reference. */
const indices: readonly [string, ...string[]][] = [
  ['users', 'name_lc', 'id'],
  ['users', 'state', 'name_lc', 'id'],
  ['users', 'manager_id'],
  ['user_terms', 'user_id'],
  ['user_links', 'user_id'],
  ['sessions', 'user_id'],
  ['sessions', 'ends_at'],
  ['bindings', 'connection_id', 'dirty', 'user_id'],
  ['bindings', 'connection_id', 'state', 'user_id'],
  ['bindings', 'user_id'],
  ['bindings', 'account_id'],
  ['accounts', 'connection_id', 'user_principal_name'],
  ['accounts', 'connection_id', 'display_name_lc'],
  ['accounts', 'connection_id', 'immutable_id'],
  ['accounts', 'connection_id', 'seen_at'],
  ['account_addresses', 'connection_id', 'account_id'],
  ['pending_passwords', 'created_at'],
  ['events', 'type', 'seq'],
  ['events', 'user_id', 'seq'],
  ['events', 'connection_id', 'seq'],
  ['events', 'outcome', 'seq'],
  ['events', 'at'],
  ['mails', 'state', 'next_attempt_at'],
  ['jobs', 'state', 'created_at'],
  ['oauth_entries', 'grant_id'],
  ['oauth_entries', 'model', 'user_code'],
  ['oauth_entries', 'model', 'uid'],
  ['oauth_entries', 'ends_at'],
  ['idempotency_keys', 'created_at'],
  ['throttles', 'updated_at'],
]

export const initial: Migration = {
  async up(db: Kysely<unknown>) {
    await people(db)
    await tenants(db)
    await records(db)
    await workings(db)
    for (const [table, ...names] of indices) {
      await db.schema
        .createIndex(`${table}_by_${names.join('_')}`)
        .on(table)
        .columns(names)
        .execute()
    }
    const living = db.schema.createIndex('users_email').unique().on('users').column('email')
    await living.where('deleted_at' as never, 'is', null).execute()
    const admins = db.schema.createIndex('users_by_role').on('users').column('role')
    await admins.where('role' as never, 'is not', null).execute()
    const bound = db.schema.createIndex('bindings_account').unique().on('bindings')
    await bound
      .columns(['connection_id', 'account_id'])
      .where('account_id' as never, 'is not', null)
      .execute()
    const connected = db.schema.createIndex('connections_tenant').unique().on('connections').column('tenant_id')
    await connected.where('state' as never, '!=', 'deactivated').execute()
  },
}
