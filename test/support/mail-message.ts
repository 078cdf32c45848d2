/** What a person reads in a mail: enough of MIME for what the gateway itself sends. */
export type Message = { from: string; to: string; subject: string; text: string; html: string }

export function parseMessage(raw: string): Message {
  const { headers, body } = split(raw.replace(/\r\n/g, '\n'))
  return {
    from: decodeWords(headers.get('from') ?? ''),
    to: decodeWords(headers.get('to') ?? ''),
    subject: decodeWords(headers.get('subject') ?? ''),
    text: textOf(headers, body, /^text\/plain/i).trim(),
    html: textOf(headers, body, /^text\/html/i),
  }
}

function split(part: string): { headers: Map<string, string>; body: string } {
  const end = part.indexOf('\n\n')
  const head = end < 0 ? part : part.slice(0, end)
  const headers = new Map<string, string>()
  for (const line of head.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return { headers, body: end < 0 ? '' : part.slice(end + 2) }
}

/** Of the first part of that type that has some, or of the whole. */
function textOf(headers: Map<string, string>, body: string, wanted: RegExp): string {
  const type = headers.get('content-type') ?? 'text/plain'
  const boundary = /^multipart\/.*boundary="?([^";]+)"?/i.exec(type)?.[1]
  if (boundary === undefined) return wanted.test(type) ? decodeBody(headers, body) : ''
  for (const part of body.split(`--${boundary}`).slice(1, -1)) {
    const inner = split(part.replace(/^\n/, ''))
    const text = textOf(inner.headers, inner.body, wanted)
    if (text !== '') return text
  }
  return ''
}

function decodeBody(headers: Map<string, string>, body: string): string {
  const encoding = (headers.get('content-transfer-encoding') ?? '').toLowerCase()
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  return encoding === 'quoted-printable' ? quotedPrintable(body.replace(/=\n/g, '')) : body
}

function quotedPrintable(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function decodeWords(header: string): string {
  return header
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : quotedPrintable(text.replace(/_/g, ' ')),
    )
}
