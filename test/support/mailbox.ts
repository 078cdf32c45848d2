import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { type Message, parseMessage } from './mail-message.ts'

/** A mail server that keeps everything for itself, and a page that shows it. */
export type Mailbox = {
  smtpUrl: string
  /** The page, newest mail on top; `/messages` is the same as JSON. */
  url: string
  messages: readonly Message[]
  /** The first mail to that address, waiting for it up to `limitMs`. */
  mailTo(address: string, limitMs?: number): Promise<Message>
  close(): Promise<void>
}

export async function startMailbox({ port = 0, refuse }: { port?: number; refuse?: RegExp } = {}): Promise<Mailbox> {
  const messages: Message[] = []
  const arrivals = new EventTarget()
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo({ address }, _session, done) {
      const refused = refuse?.test(address) ? Object.assign(new Error('No such mailbox'), { responseCode: 550 }) : null
      done(refused)
    },
    onData(stream, _session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        messages.push(parseMessage(Buffer.concat(parts).toString('utf8')))
        arrivals.dispatchEvent(new Event('mail'))
        done()
      })
    },
  })
  const page = createServer((request, response) => {
    const json = request.url === '/messages'
    response.setHeader('content-type', json ? 'application/json' : 'text/html; charset=utf-8')
    response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
    response.end(json ? JSON.stringify(messages) : render(messages))
  })
  const smtpListening = smtp.listen(0, '127.0.0.1')
  page.listen(port, '127.0.0.1')
  await Promise.all([once(smtpListening, 'listening'), once(page, 'listening')])
  const find = (address: string) => messages.find(({ to }) => to.toLowerCase().includes(address.toLowerCase()))
  return {
    smtpUrl: `smtp://127.0.0.1:${portOf(smtpListening.address())}`,
    url: `http://localhost:${portOf(page.address())}`,
    messages,
    async mailTo(address, limitMs = 10_000) {
      const limit = AbortSignal.timeout(limitMs)
      for (let found = find(address); ; found = find(address)) {
        if (found !== undefined) return found
        if (limit.aborted) throw new Error(`No mail to ${address} within ${limitMs} ms.`)
        await Promise.race([arrival(arrivals), once(limit, 'abort')])
      }
    },
    async close() {
      page.closeAllConnections()
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(() => resolve())),
        new Promise<void>((resolve) => page.close(() => resolve())),
      ])
    },
  }
}

function arrival(target: EventTarget): Promise<void> {
  return new Promise((resolve) => target.addEventListener('mail', () => resolve(), { once: true }))
}

const portOf = (address: AddressInfo | string | null) => (address as AddressInfo).port

function render(messages: readonly Message[]): string {
  const letters = [...messages]
    .reverse()
    .map(
      ({ to, subject, text, html }) =>
        `<article><h2>${escaped(subject)}</h2><p class="to">to ${escaped(to)}</p><iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="${escaped(subject)}" srcdoc="${escaped(opening(html))}"></iframe><details><summary>Plain text</summary><pre>${linked(escaped(text))}</pre></details></article>`,
    )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mailbox of the demo</title><style>
:root{color-scheme:light dark}body{font:16px/24px system-ui;margin:32px auto;max-width:44rem;padding:0 16px}
article{border:1px solid #8884;border-radius:8px;padding:16px;margin:16px 0}h2{font-size:16px;margin:0}
.to{margin:0 0 12px;opacity:.7;font-size:14px}iframe{width:100%;height:440px;border:0;border-radius:8px}summary{margin-top:8px;font-size:14px}pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;margin:12px 0 0}</style>
<h1>Mailbox of the demo</h1><p>${messages.length === 0 ? 'No mail yet.' : `${messages.length} mails, newest first. Nothing left this machine.`}</p>
${letters.join('\n')}</html>`
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Nothing runs in a mail; its links open beside the mailbox. */
const opening = (html: string) => html.replace('<head>', '<head><base target="_blank">')

const linked = (markup: string) => markup.replace(/\bhttps?:\/\/[^\s<]+/g, (url) => `<a href="${url}">${url}</a>`)
