import type { MyStatus } from '@lockstep/shared/contract/session'
import { EventList } from '@lockstep/shared/ui/event-list'
import { StatusIcon, type Tone } from '@lockstep/shared/ui/status-badge'
import { Time } from '@lockstep/shared/ui/time'
import { popup as catalogue } from '../messages/en/popup.ts'
import { sayFrom } from '../messages/say.ts'

const say = sayFrom(catalogue)
type MessageKey = keyof typeof catalogue

export type PopupState =
  | { kind: 'not_set_up' }
  | { kind: 'signed_out'; isBusy: boolean; error: string | null }
  | { kind: 'loading' }
  | { kind: 'unreachable' }
  | { kind: 'known'; status: MyStatus; isReachable: boolean; mayUsePanel: boolean }

export type PopupAction =
  | 'sign_in'
  | 'sign_out'
  | 'portal_sign_in'
  | 'change_password'
  | 'try_again'
  | 'news_seen'
  | 'panel'
  | 'options'

export type PopupProps = {
  state: PopupState
  organisation: string | null
  /** ms since the epoch */
  now: number
  onAction(action: PopupAction): void
}

/** One glance: how my password is, one thing to do, and what happened lately. */
export function Popup(props: PopupProps) {
  const { state, organisation, onAction } = props
  const face = faceOf(state)
  return (
    <main class="popup" data-state={state.kind === 'known' ? state.status.state : state.kind}>
      <header class="brand">
        <img src="/icon/32.png" width="20" height="20" alt="" />
        <span>{organisation ?? 'Lockstep'}</span>
        <button type="button" class="ls-link" onClick={() => onAction('options')}>
          {say('popup.options')}
        </button>
      </header>
      <div class={`glance ls-${face.tone}`} role="status">
        <StatusIcon tone={face.tone} size={32} />
        <h1>{face.title}</h1>
        <p>{face.detail}</p>
      </div>
      {state.kind === 'known' && state.isReachable && <News status={state.status} onAction={onAction} />}
      {state.kind === 'known' && <Expiring age={state.status.password} />}
      {state.kind === 'known' && <Connections {...props} status={state.status} />}
      {state.kind === 'signed_out' && state.error !== null && (
        <p class="ls-notice ls-failed" role="alert">
          {state.error}
        </p>
      )}
      <Primary state={state} onAction={onAction} />
      {state.kind === 'known' && (
        <section class="lately" aria-label={say('popup.recent')}>
          <h2>{say('popup.recent')}</h2>
          <EventList events={state.status.events.slice(0, 5)} now={props.now} />
        </section>
      )}
      {state.kind === 'known' && (
        <footer>
          <span class="ls-quiet">{state.status.user.email}</span>
          {state.mayUsePanel && (
            <button type="button" class="ls-link" data-action="panel" onClick={() => onAction('panel')}>
              {say('popup.panel')}
            </button>
          )}
          <button type="button" class="ls-link" data-action="sign_out" onClick={() => onAction('sign_out')}>
            {say('popup.signOut')}
          </button>
        </footer>
      )}
    </main>
  )
}

function Connections({ status, now }: PopupProps & { status: MyStatus }) {
  return (
    <ul class="connections">
      {status.connections.map((connection) => (
        <li key={connection.id}>
          <b>{connection.account}</b>
          <span class="ls-quiet">{connection.name}</span>
          <span class="ls-quiet">
            {connection.password.syncedAt !== null ? (
              <>
                {say('status.updated')} <Time at={connection.password.syncedAt} now={now} />
              </>
            ) : (
              <>
                {say('status.lastSync')} <Time at={connection.lastSyncAt} now={now} />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** Said once, as on the portal's home: which accounts have the password of here for the first time. */
function News({ status, onAction }: { status: MyStatus } & Pick<PopupProps, 'onAction'>) {
  if (status.news.length === 0) return null
  return (
    <section class="ls-notice ls-in_sync news" aria-label={say('popup.news')}>
      <p>{say('popup.news.detail', { names: status.news.map(({ name }) => name).join(', ') })}</p>
      <p>{say('popup.news.phones')}</p>
      <button type="button" class="ls-link" data-action="news_seen" onClick={() => onAction('news_seen')}>
        {say('popup.news.seen')}
      </button>
    </section>
  )
}

type Face = { tone: Tone; title: string; detail: string }

const face = (tone: Tone, key: MessageKey, detail: MessageKey): Face => ({ tone, title: say(key), detail: say(detail) })

function faceOf(state: PopupState): Face {
  switch (state.kind) {
    case 'not_set_up':
      return face('note', 'popup.notSetUp', 'popup.notSetUp.detail')
    case 'signed_out':
      return face('note', 'popup.signedOut', 'popup.signedOut.detail')
    case 'loading':
      return { tone: 'quiet', title: say('popup.loading'), detail: '' }
    case 'unreachable':
      return face('failed', 'status.unreachable', 'status.unreachable.detail')
    case 'known':
      return state.isReachable
        ? faceOfStatus(state.status)
        : face('failed', 'status.unreachable', 'status.unreachable.detail')
  }
}

/** Absent in what an older gateway says. */
type Age = Partial<MyStatus>['password']

const dayOf = (at: string) => new Intl.DateTimeFormat(undefined, { dateStyle: 'long' }).format(new Date(at))

/** What matters more than the connections: a password that has ended. */
function faceOfAge(age: Age): Face | null {
  if (age?.blocked) return face('failed', 'status.blocked', 'status.blocked.detail')
  if (!age?.expired) return null
  return {
    tone: 'waiting',
    title: say('status.expired'),
    detail:
      age.blocksAt === null ? say('status.expired.detail') : say('status.expired.grace', { day: dayOf(age.blocksAt) }),
  }
}

/** Said in time. */
function Expiring({ age }: { age: Age }) {
  if (!age?.expiring || age.expired || age.expiresAt === null) return null
  return <p class="ls-notice ls-waiting">{say('status.expiring', { day: dayOf(age.expiresAt) })}</p>
}

function faceOfStatus(status: MyStatus): Face {
  const ended = faceOfAge(status.password)
  if (ended !== null) return ended
  const has = (state: MyStatus['connections'][number]['password']['state']) =>
    status.connections.find((connection) => connection.password.state === state)
  const rejected = has('rejected')
  switch (status.state) {
    case 'in_sync':
      return face('in_sync', 'status.in_sync', 'status.in_sync.detail')
    case 'waiting':
      return status.action === 'sign_in' || has('awaiting_login')
        ? face('waiting', 'status.awaiting_login', 'status.awaiting_login.detail')
        : face('waiting', 'status.waiting', 'status.waiting.detail')
    case 'failed':
      return rejected
        ? {
            tone: 'failed',
            title: say('status.rejected'),
            detail: rejected.password.reason ?? say('status.failed.detail'),
          }
        : face('failed', 'status.failed', 'status.failed.detail')
    case 'unbound':
      return face('quiet', 'status.unbound', 'status.unbound.detail')
  }
}

function Primary({ state, onAction }: Pick<PopupProps, 'state' | 'onAction'>) {
  if (state.kind === 'loading') return null
  const [action, label] = primaryOf(state)
  const isBusy = state.kind === 'signed_out' && state.isBusy
  return (
    <button
      type="button"
      class="ls-button ls-primary ls-wide"
      data-action={action}
      disabled={isBusy}
      onClick={() => onAction(action)}
    >
      {isBusy ? say('popup.signingIn') : say(label)}
    </button>
  )
}

function primaryOf(state: Exclude<PopupState, { kind: 'loading' }>): [PopupAction, MessageKey] {
  switch (state.kind) {
    case 'not_set_up':
      return ['options', 'popup.setUp']
    case 'signed_out':
      return ['sign_in', 'popup.signIn']
    case 'unreachable':
      return ['try_again', 'popup.tryAgain']
    case 'known':
      if (!state.isReachable) return ['try_again', 'popup.tryAgain']
      if (state.status.action === 'sign_in') return ['portal_sign_in', 'popup.signIn.portal']
      if (state.status.action === 'try_again') return ['try_again', 'popup.tryAgain']
      return ['change_password', 'popup.change']
  }
}
