import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { User } from '@lockstep/shared/contract/user'
import { startMailbox } from '../support/mailbox.ts'
import { root } from '../support/root.ts'
import { cli, connect, importAll, startWorld, until, type World } from '../support/world.ts'
import { portalForm } from './portal-form.ts'
import { type Story, tell } from './story.ts'

/*
 * The whole path on a practice tenant: npm run demo. With --once it ends after the story, with 0 when every step held.
 * Everything lives in a temporary folder and is gone afterwards. Nothing here speaks to Microsoft.
 */
const once = process.argv.includes('--once')
const adminPassword = 'Calm-Lighthouse-Garden-42'
const firstPassword = 'Sunny-Harbour-Lamp-3'
const newPassword = 'Green-Window-Chair-8'

const mailbox = await startMailbox()
const home = await mkdtemp(join(tmpdir(), 'lockstep-demo-'))
const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort())

const story = tell()
let world: World | undefined
try {
  const { started, person } = await play(story)
  if (!once) await stayUp(started, person.email, ending.signal)
} catch (error) {
  process.exitCode = 1
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
} finally {
  await world?.close()
  await mailbox.close()
  await rm(home, { recursive: true, force: true })
}

async function play({ step }: Story): Promise<{ started: World; person: User }> {
  const started = await step('Start the practice tenant with 25 people, and the gateway', async () => {
    const env = {
      LOCKSTEP_SMTP_URL: mailbox.smtpUrl,
      ...(!once && { LOCKSTEP_PORT: process.env['LOCKSTEP_PORT'] ?? '7474' }),
    }
    return await startWorld({ users: 25, built: true, secondFactor: 'nobody', env })
  })
  world = started
  const { client } = started.gateway
  await step('Make an administrator on the command line', async () => {
    const email = 'admin@contoso.onmicrosoft.com'
    const made = await cli(
      ['admin', 'create', '--email', email, '--password-stdin', '--data', started.gateway.dataFolder],
      {},
      true,
      `${adminPassword}\n`,
    )
    if (made.code !== 0) throw new Error(made.stderr)
  })
  const connection = await step(
    'Connect the tenant; a preflight proves permissions, domains and protected accounts',
    () => connect(started),
  )
  const job = await step('Import and bind everybody who may be', () => importAll(started, connection))
  await step('Run cycles until all of them are in sync', () =>
    until(
      '25 bindings in sync',
      async () => (await client.call('GET /connections/{id}', { params: { id: connection } })).counts.inSync === 25,
    ),
  )
  const person = await step('Activate one of them and set a first password', async () => {
    const { items } = await client.call('GET /users', { query: { state: 'staged', limit: 1 } })
    const user = items[0] as User
    await client.call('POST /users/{id}/activate', { params: { id: user.id }, body: { sendMail: true } })
    await client.call('PUT /users/{id}/password', { params: { id: user.id }, body: { password: firstPassword } })
    return user
  })
  await step(`${person.displayName} signs in to the portal and changes the password in its form`, () =>
    portalForm(started.gateway.url, person.email, firstPassword, newPassword),
  )
  await step('The new password signs in at the tenant', async () =>
    expectSignIn(started, person.email, newPassword, true),
  )
  await step('The old one does not', async () => expectSignIn(started, person.email, firstPassword, false))
  await step('A mail says that the password was changed', async () => void (await mailbox.mailTo(person.email)))
  await step('The chain of events is whole', async () => {
    const { ok, checked } = await client.call('GET /events/verify', {})
    if (!ok || checked < 50) throw new Error('The events do not hold together.')
  })
  const skipped = (job.results ?? []).filter((result) => result['result'] === 'skipped').length
  process.stdout.write(
    `\n${job.total - skipped} people follow Lockstep now; ${skipped} protected or guest accounts were left alone.\n`,
  )
  return { started, person }
}

async function expectSignIn(started: World, email: string, password: string, expected: boolean): Promise<void> {
  const { ok, reason } = await started.tenant.signIn(email, password)
  if (ok !== expected)
    throw new Error(`The tenant ${ok ? 'accepted' : 'refused'} the password (${reason ?? 'no reason'}).`)
}

async function stayUp(running: World, person: string, signal: AbortSignal): Promise<void> {
  const { url } = running.gateway
  process.stdout.write(`
Portal       ${url}/portal
Console      ${url}/admin
Mailbox      ${mailbox.url}
Extension    ${join(root, 'extension/.output/chrome-mv3')} (load unpacked; gateway ${url})

Sign in as   admin@contoso.onmicrosoft.com   ${adminPassword}   (administrator)
             ${person.padEnd(32)}${newPassword}

This is a rehearsal: administrators sign in without a second factor here. Ctrl-C ends it and removes everything.
`)
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}
