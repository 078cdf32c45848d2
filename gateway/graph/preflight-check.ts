import type { PreflightCheck } from '@lockstep/shared/contract/connection'
import type { z } from 'zod'
import type { TenantFailure } from '../domain/failure.ts'
import { blockedByPolicy } from './failure.ts'
import { listOf, type Reader } from './reader.ts'
import { ReadRefused } from './transport.ts'

export type Level = PreflightCheck['level']

export const check = (
  name: string,
  level: Level,
  ok: boolean,
  detail: string,
  remedy: string | null,
): PreflightCheck => ({ check: name, ok, level, detail, remedy: ok ? null : remedy })

export type Attempt<T> = { value: T; refused: null } | { value: null; refused: TenantFailure }

/** A read whose refusal is a finding rather than an error. What never answered is an error. */
export async function attempt<T>(read: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await read(), refused: null }
  } catch (error) {
    if (error instanceof ReadRefused) return { value: null, refused: error.failure }
    throw error
  }
}

export async function readList<T extends z.ZodType>(
  reader: Reader,
  schema: T,
  url: string,
  units = 1,
): Promise<z.output<T>[]> {
  return listOf(schema, await reader.read(url, units), url)
}

/** A read that was refused. What mends it is the permission where that is what lacks, else what the refusal itself asks for. */
export function refusedCheck(name: string, level: Level, refused: TenantFailure, what: string, grant: string) {
  const lacks = refused.kind === 'forbidden' && refused.code !== blockedByPolicy
  return lacks
    ? check(name, level, false, `Lockstep may not ${what}.`, grantRemedy(grant))
    : check(name, level, false, refused.detail, refused.remedy)
}

export const grantRemedy = (right: string) =>
  `Add ${right} under API permissions of the app registration and grant admin consent. A new grant takes a few minutes.`

/** The first of many, and how many more there are. */
export function someOf(names: readonly string[], most = 5): string {
  const more = names.length - most
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
