import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { parseMessage } from './mail-message.ts'
import { startMailbox } from './mailbox.ts'

const raw = [
  'From: Lockstep <id@contoso.example>',
  'To: ana@contoso.example',
  'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?= =?UTF-8?Q?_von_uns?=',
  'Content-Type: multipart/alternative;',
  ' boundary="b1"',
  '',
  '--b1',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Guten Tag =E2=80=93 http://localhost/portal/activate/=',
  'abc',
  '--b1',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>Guten Tag</p>',
  '--b1--',
].join('\r\n')

test('a mail is read as its person reads it', () => {
  expect(parseMessage(raw)).toEqual({
    from: 'Lockstep <id@contoso.example>',
    to: 'ana@contoso.example',
    subject: 'Grüße von uns',
    text: 'Guten Tag – http://localhost/portal/activate/abc',
    html: '<p>Guten Tag</p>\n',
  })
})

test('what is sent arrives and is shown', async () => {
  const mailbox = await startMailbox()
  try {
    await send(mailbox.smtpUrl, raw)
    expect((await mailbox.mailTo('ana@contoso.example')).subject).toBe('Grüße von uns')
    expect(await (await fetch(mailbox.url)).text()).toContain('Grüße von uns')
  } finally {
    await mailbox.close()
  }
})

/** As little SMTP as it takes. */
function send(url: string, message: string): Promise<void> {
  const lines = [
    'EHLO t',
    'MAIL FROM:<id@contoso.example>',
    'RCPT TO:<ana@contoso.example>',
    'DATA',
    `${message}\r\n.`,
    'QUIT',
  ]
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('data', (answer) => {
      if (/^\d{3} /m.test(String(answer)) && lines.length > 0) socket.write(`${lines.shift()}\r\n`)
    })
    socket.on('error', reject)
    socket.on('close', () => resolve())
  })
}
