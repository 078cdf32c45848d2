/** What a mail server, or the way to it, had against a mail. */
export type Refusal = {
  /** A word of ours or the mail client's, not the server's. */
  code: string | null
  /** The server's three digits. */
  answer: number | null
  /** What it answered to. */
  command: string | null
}

/** Minutes until each further attempt; after the last one the mail is given up. */
const waitMinutes = [1, 5, 15, 60, 240, 720]

export type NextDelivery = { state: 'queued'; waitMs: number } | { state: 'bounced' } | { state: 'failed' }

/**
 * A final no to the recipient or the letter bounces at once. To ourselves (sign-in, sender, TLS) it may be mended by an
 * administrator, so the mail waits for that.
 */
export function nextDelivery(attemptsBefore: number, refusal: Refusal): NextDelivery {
  if (isFinal(refusal)) return { state: 'bounced' }
  const wait = waitMinutes[attemptsBefore]
  return wait === undefined ? { state: 'failed' } : { state: 'queued', waitMs: wait * 60_000 }
}

function isFinal({ code, answer, command }: Refusal): boolean {
  if (answer === null || answer < 500 || answer > 599) return false
  if (code === 'EENVELOPE') return command === 'RCPT TO'
  return code === 'EMESSAGE'
}
