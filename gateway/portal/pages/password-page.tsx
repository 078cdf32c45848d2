import type { MessageKey } from '@lockstep/shared/messages/message'
import type { PasswordGround } from '../../domain/password-policy.ts'
import type { PageSettings, Status } from '../ports.ts'
import { Layout } from './layout.tsx'
import { Connections, Field, Notice, Sign, type Tone, unbroken } from './parts.tsx'
import { Rules } from './rules.tsx'

export type Refusal = { field: 'currentPassword' | 'newPassword' | null; sentence: string; more: string[] }

type PasswordProps = {
  settings: PageSettings
  email: string
  ground: PasswordGround
  lead: string
  reason: string
  refusal?: Refusal | undefined
}

export function PasswordPage({ settings, email, ground, lead, reason, refusal }: PasswordProps) {
  const errorOf = (field: Refusal['field']) => (refusal?.field === field ? refusal.sentence : undefined)
  return (
    <Layout settings={settings} title={settings.t('portal.password.title')} signedInAs={email}>
      <h1>{settings.t('portal.password.title')}</h1>
      <p class="lead">{lead}</p>
      {refusal && <RefusalNotice refusal={refusal} />}
      <form method="post" action="/portal/password" data-ground={JSON.stringify(ground)}>
        <input type="hidden" name="reason" value={reason} />
        <input type="text" name="email" autocomplete="username" value={email} readonly hidden />
        <Field
          name="currentPassword"
          label={settings.t('portal.password.current')}
          type="password"
          autocomplete="current-password"
          error={errorOf('currentPassword')}
          autofocus={refusal?.field !== 'newPassword'}
        />
        <Field
          name="newPassword"
          label={settings.t('portal.password.new')}
          type="password"
          autocomplete="new-password"
          error={errorOf('newPassword')}
          describedBy="rules"
          autofocus={refusal?.field === 'newPassword'}
        />
        <Rules t={settings.t} ground={ground} broken={refusal?.more} />
        <button class="primary" type="submit">
          {settings.t('portal.password.submit')}
        </button>
      </form>
    </Layout>
  )
}

/** What is about no field in particular. */
export function RefusalNotice({ refusal }: { refusal: Refusal }) {
  return refusal.field === null ? <Notice tone="failed">{refusal.sentence}</Notice> : null
}

type Done = { tone: Tone; title: MessageKey; detail: MessageKey }
const done: Record<'in_sync' | 'waiting' | 'refused' | 'trouble', Done> = {
  in_sync: { tone: 'in-sync', title: 'portal.password.done', detail: 'portal.password.done.in_sync' },
  waiting: { tone: 'waiting', title: 'portal.password.done', detail: 'portal.password.done.waiting' },
  refused: { tone: 'failed', title: 'portal.home.refused', detail: 'portal.home.refused.detail' },
  trouble: { tone: 'failed', title: 'portal.password.done', detail: 'portal.home.trouble.detail' },
}

function doneOf({ state, action }: Status): keyof typeof done {
  if (state === 'failed') return action === 'change_password' ? 'refused' : 'trouble'
  return state === 'waiting' ? 'waiting' : 'in_sync'
}

export function PasswordDonePage({ settings, status }: { settings: PageSettings; status: Status }) {
  const { t } = settings
  const outcome = doneOf(status)
  const { tone, title, detail } = done[outcome]
  return (
    <Layout settings={settings} title={t(title)} signedInAs={status.user.email}>
      <section class={`status ${tone}`}>
        <Sign tone={tone} />
        <h1>{unbroken(t(title))}</h1>
      </section>
      <p class="lead">{t(detail)}</p>
      <Connections settings={settings} connections={status.connections} isStuck={outcome === 'trouble'} />
      {outcome === 'refused' && (
        <a class="button primary" href="/portal/password?reason=change">
          {t('portal.home.change')}
        </a>
      )}
      <p class="away">
        <a href="/portal">{t('portal.password.done.home')}</a>
      </p>
    </Layout>
  )
}
