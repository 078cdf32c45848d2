/*
 * The tables. Text, integer and big integer only, since they mean the same in SQLite and PostgreSQL: booleans are 0 or 1,
 * points in time are ms since 1970, structures are JSON in text and never queried inside.
 */

import type { PeopleTables } from './schema/people.ts'
import type { RecordTables } from './schema/records.ts'
import type { SignInTables } from './schema/sign-in.ts'
import type { TenantTables } from './schema/tenants.ts'

export type * from './schema/people.ts'
export type * from './schema/records.ts'
export type * from './schema/sign-in.ts'
export type * from './schema/tenants.ts'

export type Database = PeopleTables & TenantTables & SignInTables & RecordTables
