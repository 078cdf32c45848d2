import { existsSync } from 'node:fs'
import SqliteDatabase from 'better-sqlite3'

/** The setting by which a store knows its instance key again. */
export const keyCheck = 'key_check'
/** The setting that holds the instance key, sealed for the holder of the recovery key. */
export const recoverySetting = 'recovery'

export function pathIn(url: string): string {
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1]
  if (path === undefined) throw new Error('The store has to be given as sqlite:PATH.')
  return path
}

/** What a store says of its key, read without opening or changing anything else. Nulls for a store that is yet to be made. */
export function peek(url: string): { keyCheck: string | null; recovery: string | null } {
  const path = pathIn(url)
  if (!existsSync(path)) return { keyCheck: null, recovery: null }
  const database = new SqliteDatabase(path, { readonly: true, timeout: 5_000 })
  try {
    const isMade = database.prepare(`select 1 from sqlite_schema where name = 'settings'`).get() !== undefined
    const value = (key: string): string | null =>
      isMade
        ? String(database.prepare('select value from settings where key = ?').pluck().get(key) ?? '') || null
        : null
    return { keyCheck: value(keyCheck), recovery: value(recoverySetting) }
  } finally {
    database.close()
  }
}
