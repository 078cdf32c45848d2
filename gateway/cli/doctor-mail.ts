import { senderAdvice } from '../domain/sender-records.ts'
import { openPost, openTransport } from '../mail/post.ts'
import { senderRecordsOf } from '../mail/sender-records.ts'
import { noticeMail } from '../mail/templates.ts'
import { type Instance, publicUrlOf } from '../settings.ts'
import { systemRuntime } from '../system-runtime.ts'
import { bad, type Finding, fine } from './finding.ts'

type MailSettings = NonNullable<Instance['mail']>

/** Whether mails leave, and whether they are likely to arrive; with an address, one is sent there. */
export async function examineMail(instance: Instance, to: string | null): Promise<Finding[]> {
  const { mail } = instance
  if (mail === null)
    return [bad('mail server', 'none is set: nobody gets activation or reset links', 'Set "mail" in lockstep.json.')]
  const server = await mailServer(mail)
  const findings = [server]
  if (to !== null && server.ok) findings.push(await probe(instance, mail, to))
  const ask = senderRecordsOf(mail.from)
  if (ask === undefined) findings.push(bad('sender', `${mail.from} is of this machine alone`, 'Set "mail.from".'))
  else findings.push(...senderAdvice(await ask()).map((advice) => ({ ...advice, check: advice.record })))
  return [...findings, ...allowList(mail.from)]
}

/** Connects, proves who the server is, and signs in; sends nothing. */
async function mailServer({ url }: MailSettings): Promise<Finding> {
  const { host, username } = new URL(url.reveal())
  const transport = openTransport(url.reveal())
  try {
    await transport.verify()
    return fine('mail server', `${host} answers${username === '' ? '' : ' and takes our sign-in'}`)
  } catch (error) {
    return bad('mail server', `${host}: ${reasonOf(error)}`, 'Check host, port, encryption and sign-in in "mail.url".')
  } finally {
    transport.close()
  }
}

async function probe(instance: Instance, { url, from }: MailSettings, recipient: string): Promise<Finding> {
  const post = openPost(url.reveal(), { name: instance.organisation, address: from })
  const head = { organisation: instance.organisation, publicUrl: publicUrlOf(instance) }
  const lines = ['Somebody tests whether mails of Lockstep arrive. This one did.']
  const { subject, text, html } = noticeMail(head, recipient, {
    kind: 'probe',
    subject: 'Test mail of Lockstep',
    lines,
    link: '/portal',
  })
  try {
    await post.deliver({ id: systemRuntime.newId(), recipient, subject, text, html })
    return fine('test mail', `the server took it for ${recipient}`, 'Look into the mailbox, and among the junk.')
  } catch (error) {
    return bad('test mail', `not taken for ${recipient}: ${reasonOf(error)}`, 'Mend what the server names.')
  } finally {
    post.close()
  }
}

/** In the order that "Create safe sender lists in EOP" on Microsoft Learn recommends, read 2026-11-23. */
function allowList(from: string): Finding[] {
  const domain = from.slice(from.lastIndexOf('@') + 1)
  return [
    fine(
      'Exchange Online',
      'when mails end as junk there although SPF, DKIM and DMARC are right',
      `Allow ${domain} in the Tenant Allow/Block List; where that is not enough, by an Exchange mail flow rule. Microsoft describes both in "Create safe sender lists in EOP".`,
    ),
  ]
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message.slice(0, 300) : 'unknown')
