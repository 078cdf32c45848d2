import { createClient, ProblemError } from '@lockstep/shared/client/client'

/** The API with the session of the portal. */
export const api = createClient({
  gatewayUrl: location.origin,
  fetch: (url, init) => fetch(url, { ...init, credentials: 'same-origin' }),
})

export type Refusal = {
  title: string
  detail: string
  /** Of the problem; null when nobody answered. */
  code: string | null
  errors: { path: string; message: string }[]
}

/** What to tell a person about a call that failed. A session that ended leads to the sign-in. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ProblemError)) {
    return { title: 'The gateway did not answer', detail: 'Check the network and try again.', code: null, errors: [] }
  }
  const { title, detail, code, errors } = error.problem
  if (code === 'not_signed_in') location.assign('/portal/login?to=admin')
  return { title, detail, code, errors: errors ?? [] }
}
