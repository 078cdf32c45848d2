import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  type SqliteDatabase as SqliteDialectDatabase,
  SqliteDriver,
} from 'kysely'

/** Takes the write lock when a transaction begins, so that none fails half-way because another writer came first. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

/** SQLite's schema changes are transactional: a migration that is killed leaves nothing behind. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class ImmediateDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig
  constructor(config: SqliteDialectConfig) {
    super(config)
    this.#config = config
  }
  override createDriver(): Driver {
    return new ImmediateDriver(this.#config)
  }
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

/** Below it a reset of the WAL can corrupt the file (sqlite.org, release 3.51.3). */
const oldestSafe = [3, 51, 3] as const

function assertSafe(version: string): void {
  const parts = version.split('.').map(Number)
  for (const [index, least] of oldestSafe.entries()) {
    const part = parts[index] ?? 0
    if (part > least) return
    if (part < least)
      throw new Error(`SQLite ${version} may corrupt the store; ${oldestSafe.join('.')} or newer is needed.`)
  }
}

export type SqliteFile = { writer: SqliteDialect; reader: SqliteDialect; checkpoint(): void }

/** Opens the file (0600, its folder 0700 when new) once for writing and once for reading. */
export function openSqlite(path: string): SqliteFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // SQLite gives its -wal and -shm files the permissions of the file itself.
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  const writer = open(path)
  assertSafe(String(writer.prepare('select sqlite_version()').pluck().get()))
  const reader = open(path)
  reader.pragma('query_only = ON')
  return {
    writer: new ImmediateDialect({ database: remembering(writer) }),
    reader: new SqliteDialect({ database: remembering(reader) }),
    checkpoint: () => void writer.pragma('wal_checkpoint(TRUNCATE)'),
  }
}

/** How many statements a connection keeps. */
const keptAtMost = 500

/** Preparing a statement takes longer than most of them run, and the same few are run over and over. */
function remembering(database: SqliteDatabase.Database): SqliteDialectDatabase {
  const kept = new Map<string, SqliteDatabase.Statement>()
  return {
    prepare(sql) {
      const known = kept.get(sql)
      if (known !== undefined) return known
      const statement = database.prepare(sql)
      if (kept.size >= keptAtMost) kept.clear()
      kept.set(sql, statement)
      return statement
    },
    close: () => database.close(),
  }
}

function open(path: string): SqliteDatabase.Database {
  const database = new SqliteDatabase(path, { timeout: 5_000 })
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  database.pragma('secure_delete = ON')
  database.pragma('trusted_schema = OFF')
  return database
}
