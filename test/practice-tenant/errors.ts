export type Detail = { code: string; message: string; target: string }

/** A refusal, in the envelope of Microsoft Graph ("Microsoft Graph error responses and resource types"). */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly details: Detail[]
  readonly headers: Record<string, string>
  /** What the inner error says besides the ids. */
  readonly inner: Record<string, string>
  constructor(
    status: number,
    code: string,
    message: string,
    more: { details?: Detail[]; headers?: Record<string, string>; inner?: Record<string, string> } = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.details = more.details ?? []
    this.headers = more.headers ?? {}
    this.inner = more.inner ?? {}
  }
}

export const badRequest = (message: string, target?: string, code = 'InvalidValue') =>
  new Refusal(400, 'Request_BadRequest', message, target === undefined ? {} : { details: [{ code, message, target }] })

export const unsupported = (message: string) => new Refusal(400, 'Request_UnsupportedQuery', message)

export const notFound = (id: string) =>
  new Refusal(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )

export const denied = () =>
  new Refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')

/** Properties that live in SharePoint ("Use delta query to track changes", known limits). */
export const notImplemented = () => new Refusal(501, 'NotImplemented', 'This operation target is not yet supported.')

/** A value that is taken arrives as 400 with details, never as 409. */
export function conflict(property: string, holder?: { kind: 'User' | 'Group'; id: string }): Refusal {
  const message = `Another object with the same value for property ${property} already exists.`
  const details = [{ code: 'ObjectConflict', message, target: property }]
  if (holder !== undefined) details.push({ code: 'ConflictingObjects', message, target: `${holder.kind}_${holder.id}` })
  return new Refusal(400, 'Request_BadRequest', message, { details })
}

export function envelope(refusal: Refusal, ids: { requestId: string; clientRequestId: string; at: number }): unknown {
  return {
    error: {
      code: refusal.code,
      message: refusal.message,
      ...(refusal.details.length > 0 && { details: refusal.details }),
      innerError: {
        ...refusal.inner,
        date: new Date(ids.at).toISOString().slice(0, 19),
        'request-id': ids.requestId,
        'client-request-id': ids.clientRequestId,
      },
    },
  }
}

/** The body of a write as an object; anything else is refused in the words of the JSON reader. */
export function objectOf(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  const node = Array.isArray(body)
    ? 'StartArray'
    : body === null || body === undefined
      ? 'EndOfInput'
      : 'PrimitiveValue'
  throw new Refusal(
    400,
    'Request_BadRequest',
    `An unexpected '${node}' node was found when reading from the JSON reader. A 'StartObject' node was expected.`,
  )
}
