import { randomUUID } from 'node:crypto'
import type { State } from './state.ts'

export type TokenAnswer = { status: number; body: unknown }

/** A refusal of the sign-in service ("Microsoft Entra authentication and authorization error codes"). */
export function failure(status: number, error: string, code: number, text: string): TokenAnswer {
  const timestamp = new Date()
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z/, 'Z')
  const [trace, correlation] = [randomUUID(), randomUUID()]
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  }
}

export const isShared = (tenant: string) => /^(common|organizations|consumers)$/i.test(tenant)
export const isKnown = (state: State, tenant: string) =>
  [state.tenantId, ...state.domains.keys()].includes(tenant.toLowerCase())
export const unknownTenant = (tenant: string, error: string) =>
  failure(
    400,
    error,
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  )
