import { createTransport } from 'nodemailer'

export type Letter = { id: string; recipient: string; subject: string; text: string; html: string }

/** Hands letters to a mail server. */
export type Post = {
  /** Rejects with the server's reason. */
  deliver(letter: Letter): Promise<void>
  close(): void
}

/** `url` as smtp://user:password@host:port or smtps://…; `from` is who it comes from. */
export function openPost(url: string, from: { name: string; address: string }): Post {
  const transport = createTransport({ url, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 })
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
