import type { BindingPasswordState } from '@lockstep/shared/contract/binding'
import type { Locale } from '@lockstep/shared/messages/locale'
import type { Child } from 'hono/jsx'
import type { PageSettings, Status } from '../ports.ts'

export type Tone = 'in-sync' | 'waiting' | 'failed' | 'note'

const shapes: Record<Tone, string> = {
  'in-sync': 'M6.2 10.4l2.6 2.6 5-5.6',
  waiting: 'M10 5.8v4.4l2.8 1.8',
  failed: 'M10 5.8v5M10 13.9v.1',
  note: 'M10 9.4v4.6M10 6.1v.1',
}

/** A status sign: its shape says what its colour says. */
export function Sign({ tone }: { tone: Tone }) {
  return (
    <svg class={`sign ${tone}`} viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <g fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">
        <circle cx="10" cy="10" r="8.2" />
        <path d={shapes[tone]} />
      </g>
    </svg>
  )
}

/** A heading in which the name stays on one line. */
export const unbroken = (words: string) => words.replaceAll('Microsoft 365', 'Microsoft\u00a0365')

/** A sentence above a form or a page; refusals are announced. */
export function Notice({ tone, children }: { tone: Tone; children: Child }) {
  return (
    <div class={`notice ${tone}`} role={tone === 'failed' ? 'alert' : 'status'}>
      <Sign tone={tone} />
      <div>{children}</div>
    </div>
  )
}

/** A time that reads without scripts and turns local with them; `ago` turns into how long ago it was. */
export function Time({ at, locale, form }: { at: string; locale: Locale; form: 'clock' | 'ago' }) {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
  return (
    <time datetime={at} data-form={form}>
      {`${format.format(new Date(at))} UTC`}
    </time>
  )
}

const tones: Record<BindingPasswordState, Tone> = {
  none: 'waiting',
  awaiting_login: 'waiting',
  pending: 'waiting',
  in_sync: 'in-sync',
  rejected: 'failed',
  drifted: 'failed',
}

type ConnectionsProps = {
  settings: PageSettings
  connections: Status['connections']
  /** The accounts cannot be updated, so that what became of the last password says nothing. */
  isStuck?: boolean
}

/** One line per connection: what became of the password there. */
export function Connections({ settings: { t, locale }, connections, isStuck = false }: ConnectionsProps) {
  return (
    <ul class="connections">
      {connections.map(({ name, account, password }) => (
        <li>
          <Sign tone={isStuck ? 'failed' : tones[password.state]} />
          <div>
            <strong>{name}</strong>
            <Account address={account} />
            <span hidden={isStuck}>
              {password.state === 'in_sync' && password.syncedAt !== null ? (
                <>
                  {t('portal.connection.in_sync.at')} <Time at={password.syncedAt} locale={locale} form="clock" />
                </>
              ) : (
                t(`portal.connection.${password.state}`)
              )}
              {/* What Microsoft did is told in the reader's own words. */}
              {!ownWords.has(password.state) && password.reason !== null && ` ${password.reason}`}
            </span>
          </div>
        </li>
      ))}
    </ul>
  )
}

/** A long address breaks before its domain. */
export function Account({ address }: { address: string | null | undefined }) {
  const [name = '', domain] = (address ?? '').split('@')
  return (
    <span class="quiet account">
      {name}
      {domain !== undefined && (
        <>
          <wbr />@{domain}
        </>
      )}
    </span>
  )
}

const ownWords: ReadonlySet<BindingPasswordState> = new Set(['in_sync', 'drifted', 'rejected'])

type FieldProps = {
  name: string
  /** The name, unless the page has several fields of it. */
  id?: string
  label: string
  type: 'email' | 'password' | 'text'
  autocomplete: string
  value?: string | undefined
  error?: string | undefined
  describedBy?: string | undefined
  autofocus?: boolean
  optional?: boolean
  inputmode?: 'numeric'
}

export function Field(props: FieldProps) {
  const { name, id = name, label, type, error } = props
  const described = [error !== undefined ? `${name}-error` : '', props.describedBy ?? '']
    .filter((id) => id !== '')
    .join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="control" data-reveal={type === 'password' ? '' : undefined}>
        <input
          id={id}
          name={name}
          type={type}
          autocomplete={props.autocomplete}
          value={props.value}
          required={props.optional !== true}
          inputmode={props.inputmode}
          maxlength={256}
          spellcheck={false}
          autocapitalize="none"
          autofocus={props.autofocus}
          aria-invalid={error !== undefined ? 'true' : undefined}
          aria-describedby={described === '' ? undefined : described}
        />
      </div>
      {error !== undefined && (
        <p class="field-error" id={`${name}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}
