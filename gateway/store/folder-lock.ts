import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'

/** In the data folder; empty. Left where it is: only the lock on it says that a gateway runs. */
const lockFile = 'gateway.lock'

/**
 * Makes this process the only gateway of a data folder. Two would work on the same tenants, and one would settle what the
 * other has under way. The lock is the operating system's, taken through SQLite: it goes with its process, even when that
 * is killed. Undefined while another process holds it.
 */
export function lockFolder(dataFolder: string): { release(): void } | undefined {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const path = join(dataFolder, lockFile)
  closeSync(openSync(path, 'a', 0o600))
  const database = new SqliteDatabase(path, { timeout: 0 })
  try {
    database.exec('begin exclusive')
  } catch (error) {
    database.close()
    if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined
    throw error
  }
  return { release: () => void database.close() }
}
