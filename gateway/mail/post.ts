import { createTransport } from 'nodemailer'
import type { Refusal } from '../domain/delivery.ts'
import { loopback } from '../domain/loopback.ts'

export type Letter = { id: string; recipient: string; subject: string; text: string; html: string }

/** Hands letters to a mail server. */
export type Post = {
  /** Rejects with the server's reason. */
  deliver(letter: Letter): Promise<void>
  close(): void
}

/**
 * `url` as smtp://user:password@host:port or smtps://…; `from` is who it comes from. Nothing goes unencrypted, or to a
 * server that cannot prove its name, except to this machine.
 */
export function openTransport(url: string) {
  const { hostname } = new URL(url)
  const requireTLS = !loopback.test(hostname)
  return createTransport({
    url,
    requireTLS,
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: requireTLS },
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  })
}

export function openPost(url: string, from: { name: string; address: string }): Post {
  const transport = openTransport(url)
  return {
    async deliver({ id, recipient, subject, text, html }) {
      await transport.sendMail({
        from,
        to: { name: '', address: recipient },
        subject,
        text,
        html,
        // The same letter after a crash has the same id, so that mail servers can tell.
        messageId: `<${id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
        disableFileAccess: true,
        disableUrlAccess: true,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
    },
    close: () => transport.close(),
  }
}

/** What the mail client says about a delivery that failed. */
export function refusalOf(error: unknown): Refusal {
  const { code, responseCode, command } = (error ?? {}) as { code?: unknown; responseCode?: unknown; command?: unknown }
  return {
    code: typeof code === 'string' ? code : null,
    answer: typeof responseCode === 'number' ? responseCode : null,
    command: typeof command === 'string' ? command : null,
  }
}
