import type { Migration } from 'kysely'
import { initial } from './0001-initial.ts'
import { tombstones } from './0003-tombstones.ts'
import { life } from './0005-life.ts'
import { connectionLife } from './0009-connection-life.ts'

/** All migrations in order. One that was released is never edited. */
export const migrations: Record<string, Migration> = {
  '0001-initial': initial,
  '0003-tombstones': tombstones,
  '0005-life': life,
  '0009-connection-life': connectionLife,
}
