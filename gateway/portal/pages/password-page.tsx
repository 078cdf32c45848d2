import type { PageSettings, Status } from '../ports.ts'
import { Layout } from './layout.tsx'
import { Connections, Field, Notice, Sign, type Tone } from './parts.tsx'
import { Rules } from './rules.tsx'

export type Refusal = { field: 'currentPassword' | 'newPassword' | null; sentence: string; more: string[] }

type PasswordProps = {
  settings: PageSettings
  email: string
  displayName: string
  lead: string
  reason: string
  refusal?: Refusal | undefined
}

export function PasswordPage({ settings, email, displayName, lead, reason, refusal }: PasswordProps) {
  const errorOf = (field: Refusal['field']) => (refusal?.field === field ? refusal.sentence : undefined)
  return (
    <Layout settings={settings} title={settings.t('portal.password.title')} signedInAs={email}>
      <h1>{settings.t('portal.password.title')}</h1>
      <p class="lead">{lead}</p>
      {refusal && <RefusalNotice refusal={refusal} />}
      <form
        method="post"
        action="/portal/password"
        data-email={email}
        data-name={displayName}
        data-policy={JSON.stringify(settings.passwordPolicy)}
      >
        <input type="hidden" name="reason" value={reason} />
        <input type="text" name="email" autocomplete="username" value={email} readonly hidden />
        <Field
          name="currentPassword"
          label={settings.t('portal.password.current')}
          type="password"
          autocomplete="current-password"
          error={errorOf('currentPassword')}
          autofocus={refusal === undefined || refusal.field === 'currentPassword'}
        />
        <Field
          name="newPassword"
          label={settings.t('portal.password.new')}
          type="password"
          autocomplete="new-password"
          error={errorOf('newPassword')}
          describedBy="rules"
        />
        <Rules t={settings.t} policy={settings.passwordPolicy} />
        <button class="primary" type="submit">
          {settings.t('portal.password.submit')}
        </button>
      </form>
    </Layout>
  )
}

export function RefusalNotice({ refusal }: { refusal: Refusal }) {
  if (refusal.field !== null && refusal.more.length === 0) return null
  return (
    <Notice tone="failed">
      {refusal.field === null && <p>{refusal.sentence}</p>}
      {refusal.more.length > 0 && (
        <ul>
          {refusal.more.map((sentence) => (
            <li>{sentence}</li>
          ))}
        </ul>
      )}
    </Notice>
  )
}

const doneTones: Record<Status['state'], Tone> = {
  in_sync: 'in-sync',
  waiting: 'waiting',
  failed: 'failed',
  unbound: 'in-sync',
}
const doneWords = { in_sync: 'in_sync', waiting: 'waiting', failed: 'failed', unbound: 'in_sync' } as const

export function PasswordDonePage({ settings, status }: { settings: PageSettings; status: Status }) {
  return (
    <Layout settings={settings} title={settings.t('portal.password.done')} signedInAs={status.user.email}>
      <section class={`status ${doneTones[status.state]}`}>
        <Sign tone={doneTones[status.state]} />
        <h1>{settings.t('portal.password.done')}</h1>
      </section>
      <p class="lead">{settings.t(`portal.password.done.${doneWords[status.state]}`)}</p>
      <Connections settings={settings} connections={status.connections} />
      <p>
        <a href="/portal">{settings.t('portal.password.done.home')}</a>
      </p>
    </Layout>
  )
}
