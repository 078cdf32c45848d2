/** One request to Microsoft Graph, on its own or as a part of a batch. */
export type Call = {
  method: string
  /** Behind `/v1.0`, still percent-encoded. */
  path: string
  query: URLSearchParams
  /** Names in lower case. */
  headers: Record<string, string>
  /** Undefined: there was one, but it was no JSON. */
  body: unknown
  /** Where links in the answer point to. */
  origin: string
  batch: boolean
  caller: Caller
}

/** Who calls, as the token says: it keeps the permissions that it was issued with. */
export type Caller = {
  appId: string
  permissions: ReadonlySet<string>
  /** For whom the app acts; null: for itself. */
  userId: string | null
  /** Directory roles, as they are now. */
  roles: ReadonlySet<string>
}

export type Answer = { status: number; body: unknown; headers?: Record<string, string> }
export type Reply = { status: number; headers: Record<string, string>; body: unknown; drop?: boolean }

export const ok = (body: unknown): Answer => ({ status: 200, body })
export const done: Answer = { status: 204, body: null }

/** The value of a query option; its name counts without regard to case, and may lack the `$`. */
export function option(call: Pick<Call, 'query'>, name: string): string | null {
  const plain = name.toLowerCase()
  for (const [key, value] of call.query) {
    const given = key.toLowerCase()
    if (given === plain || `$${given}` === plain) return value
  }
  return null
}

/** "Advanced query capabilities on Microsoft Entra ID objects": both the header and `$count=true`. */
export const isAdvanced = (call: Call): boolean =>
  call.headers['consistencylevel']?.toLowerCase() === 'eventual' && option(call, '$count')?.toLowerCase() === 'true'

export const context = (call: Call, what: string): string => `${call.origin}/v1.0/$metadata#${what}`
