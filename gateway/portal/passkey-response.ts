import type { z } from 'zod'
import { Problem } from '../domain/problem.ts'

/** What the script of a page put into a form: the answer of the authenticator as JSON. Problem `passkey_refused`. */
export function readPasskey<T>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  throw new Problem('passkey_refused', 'The passkey was not accepted. Try again, or use another way to sign in.')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
