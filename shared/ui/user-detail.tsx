import type { Binding } from '../contract/binding.ts'
import type { AccountDetail } from '../contract/connection.ts'
import type { User } from '../contract/user.ts'
import { say } from '../messages/say.ts'
import { statusOfBinding, statusOfPassword, statusOfUser } from './binding-status.ts'
import { DifferenceTable } from './difference-table.tsx'
import { compare } from './differences.ts'
import { StatusBadge } from './status-badge.tsx'
import { Time } from './time.tsx'

export type UserAction = 'bind' | 'restore' | 'recreate' | 'unbind' | 'sync'

export type UserDetailProps = {
  user: User
  /** Of the connection that is looked at; null when the person is not bound there. */
  binding: Binding | null
  /** The account as last observed; null when there is none, or nobody bound to it. */
  account: AccountDetail | null
  connectionName: string
  /** What the person who looks may do; the rest is not shown. */
  mayAct: boolean
  /** The action under way, which disables all. */
  busy: UserAction | null
  /** ms since the epoch, for relative times */
  now: number
  onAction(action: UserAction): void
}

/** One person: state and actions on top, then password, then directory beside account. */
export function UserDetail(props: UserDetailProps) {
  const { user, binding, account, mayAct, now } = props
  const status = user.state === 'active' ? statusOfBinding(binding) : statusOfUser(user)
  return (
    <article class="ls-detail" data-user={user.id}>
      <header class="ls-person">
        <h2>{user.displayName}</h2>
        <p class="ls-quiet">{user.email}</p>
        <StatusBadge {...status} />
      </header>
      {binding?.error && <BindingError error={binding.error} />}
      {account?.protection && (
        <p class="ls-notice ls-note">{say('detail.protected', { reason: account.protection })}</p>
      )}
      {mayAct && <Actions {...props} />}
      <dl class="ls-facts">
        <dt>{say('detail.account')}</dt>
        <dd>
          {binding?.userPrincipalName ?? say('detail.unbound')}
          {account?.accountEnabled === false && <span class="ls-failed"> {say('detail.blocked')}</span>}
          <span class="ls-quiet ls-line">{props.connectionName}</span>
        </dd>
        {binding?.state !== 'missing' && (
          <>
            <dt>{say('password.title')}</dt>
            <dd data-password={binding?.password.state ?? 'unbound'}>
              <Password binding={binding} now={now} />
            </dd>
          </>
        )}
        {binding && binding.licences.length > 0 && (
          <>
            <dt>{say('licence.title')}</dt>
            <dd>
              <Licences licences={binding.licences} />
            </dd>
          </>
        )}
        {binding && (
          <>
            <dt>{say('detail.lastSync')}</dt>
            <dd>
              <Time at={binding.lastSyncAt} now={now} />
            </dd>
          </>
        )}
        {binding?.nextAttemptAt && (
          <>
            <dt>{say('detail.nextAttempt')}</dt>
            <dd>
              <Time at={binding.nextAttemptAt} now={now} />
            </dd>
          </>
        )}
      </dl>
      {account === null ? (
        <p class="ls-quiet">{say('detail.noAccount')}</p>
      ) : (
        <DifferenceTable rows={compare(user, account)} />
      )}
    </article>
  )
}

function Actions({ user, binding, busy, onAction }: UserDetailProps) {
  const button = (action: UserAction, kind: string) => (
    <button
      type="button"
      class={`ls-button ${kind}`}
      data-action={action}
      disabled={busy !== null}
      onClick={() => onAction(action)}
    >
      {busy === action ? say('action.working') : say(`action.${action}`)}
    </button>
  )
  if (binding === null)
    return user.state === 'staged' ? null : <div class="ls-actions">{button('bind', 'ls-primary')}</div>
  return (
    <div class="ls-actions">
      {binding.state === 'missing' ? (
        <>
          {button('restore', 'ls-primary')}
          {button('recreate', '')}
        </>
      ) : (
        button('sync', 'ls-primary')
      )}
      {binding.state !== 'unbinding' && button('unbind', '')}
    </div>
  )
}

function Password({ binding, now }: { binding: Binding | null; now: number }) {
  const { label, tone } = statusOfPassword(binding?.password.state ?? null)
  return (
    <>
      <StatusBadge tone={tone} label={label} />
      {binding?.password.reason && <span class="ls-line">{binding.password.reason}</span>}
      {binding?.password.old && <span class="ls-line">{say(`password.old.${binding.password.old}`)}</span>}
      {binding?.password.awaitingSince && (
        <span class="ls-quiet ls-line">
          {say('password.awaitingSince')} <Time at={binding.password.awaitingSince} now={now} />
        </span>
      )}
      {binding?.password.syncedAt && (
        <span class="ls-quiet ls-line">
          <Time at={binding.password.syncedAt} now={now} />
        </span>
      )}
    </>
  )
}

/** Each licence by its name; why it is not there, where it is not. */
function Licences({ licences }: Pick<Binding, 'licences'>) {
  return (
    <>
      {licences.map(({ sku, name, state, reason }) => (
        <span key={sku} class="ls-line" data-licence={state}>
          <StatusBadge tone={licenceTones[state]} label={say(`licence.${state}`)} /> {name}
          {reason && <span class="ls-quiet ls-line">{reason}</span>}
        </span>
      ))}
    </>
  )
}

const licenceTones = { assigned: 'in_sync', waiting: 'waiting', failed: 'failed' } as const

function BindingError({ error }: { error: NonNullable<Binding['error']> }) {
  return (
    <div class="ls-notice ls-failed" role="alert">
      <p>{error.detail}</p>
      <p>{error.remedy}</p>
      {error.restorableUntil && <p>{say('detail.restorableUntil', { day: dayOf(error.restorableUntil) })}</p>}
      {error.requestId && <p class="ls-quiet ls-id">{say('detail.requestId', { id: error.requestId })}</p>}
    </div>
  )
}

const dayOf = (at: string) => new Date(at).toLocaleDateString('en', { dateStyle: 'long' })
