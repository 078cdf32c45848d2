import type { Client } from '@lockstep/shared/client/client'
import type { User } from '@lockstep/shared/contract/user'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { panel as catalogue } from '../messages/en/panel.ts'
import { sayFrom } from '../messages/say.ts'
import type { AdminPage } from '../state/entra-page.ts'
import type { Failure } from '../state/failure.ts'
import type { OwnAnswer } from '../state/messages.ts'
import { People } from './people.tsx'
import { Person } from './person.tsx'
import type { Subject } from './person-data.ts'
import { Screen } from './screen.tsx'
import { useLoad } from './use-load.ts'

const say = sayFrom(catalogue)

export type PanelProps = {
  /** Null while no gateway is set. */
  client: Client | null
  isSignedIn: boolean
  organisation: string | null
  page: AdminPage
  now(): number
  onSignIn(): Promise<OwnAnswer>
  onSignOut(): Promise<unknown>
  onOptions(): void
}

/** The side panel: who may look, then the person of the page, or the list. */
export function Panel(props: PanelProps) {
  return (
    <main class="panel">
      <header class="brand">
        <img src="/icon/32.png" width="20" height="20" alt="" />
        <span>{props.organisation ?? 'Lockstep'}</span>
      </header>
      {props.client === null ? (
        <Screen tone="note" title={say('panel.notSetUp')} detail={say('panel.notSetUp.detail')}>
          <button type="button" class="ls-button ls-primary" onClick={props.onOptions}>
            {say('panel.settings')}
          </button>
        </Screen>
      ) : props.isSignedIn ? (
        <SignedIn {...props} client={props.client} />
      ) : (
        <SignedOut onSignIn={props.onSignIn} />
      )}
    </main>
  )
}

function SignedOut({ onSignIn }: Pick<PanelProps, 'onSignIn'>) {
  const [isBusy, setIsBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const start = async () => {
    setIsBusy(true)
    setError(null)
    const answer = await onSignIn()
    setIsBusy(false)
    if (!answer.ok) setError(answer.message)
  }
  return (
    <Screen tone="note" title={say('panel.signedOut')} detail={say('panel.signedOut.detail')}>
      {error !== null && (
        <p class="ls-notice ls-failed" role="alert">
          {error}
        </p>
      )}
      <button type="button" class="ls-button ls-primary" data-action="sign_in" disabled={isBusy} onClick={start}>
        {isBusy ? say('panel.signingIn') : say('panel.signIn')}
      </button>
    </Screen>
  )
}

/** ms until a gateway that did not answer is asked again */
const tryAgainMs = 5_000

function SignedIn(props: PanelProps & { client: Client }) {
  const { client, onSignOut } = props
  const me = useLoad('me', (signal) => client.call('GET /me', { signal }))
  const [failure, setFailure] = useState<Failure | null>(null)
  const shown = me.failure ?? failure
  const retry = useCallback(() => {
    setFailure(null)
    me.reload()
  }, [me.reload])
  useEffect(() => {
    if (shown?.kind === 'signed_out') void onSignOut()
    if (shown?.kind !== 'unreachable') return undefined
    const timer = setTimeout(retry, tryAgainMs)
    return () => clearTimeout(timer)
  }, [shown, retry, onSignOut])

  if (shown?.kind === 'unreachable') return <Unreachable onRetry={retry} />
  if (me.value === null)
    return shown ? <Failed failure={shown} onRetry={retry} /> : <p class="ls-quiet">{say('panel.loading')}</p>
  const { role, user } = me.value
  if (role === null || shown?.kind === 'forbidden') {
    return (
      <Screen tone="note" title={say('panel.forbidden')} detail={say('panel.forbidden.detail', { email: user.email })}>
        <button type="button" class="ls-button" onClick={() => void onSignOut()}>
          {say('panel.otherAccount')}
        </button>
      </Screen>
    )
  }
  if (shown) return <Failed failure={shown} onRetry={retry} />
  return <Content client={client} role={role} page={props.page} now={props.now} onFailure={setFailure} />
}

const Unreachable = ({ onRetry }: { onRetry(): void }) => (
  <Screen tone="failed" title={say('panel.unreachable')} detail={say('panel.unreachable.detail')}>
    <button type="button" class="ls-button" onClick={onRetry}>
      {say('panel.tryAgain')}
    </button>
  </Screen>
)

const Failed = ({ failure, onRetry }: { failure: Failure; onRetry(): void }) => (
  <Screen tone="failed" title={say('panel.failed')} detail={failure.message}>
    <button type="button" class="ls-button" onClick={onRetry}>
      {say('panel.tryAgain')}
    </button>
  </Screen>
)

type ContentProps = Pick<PanelProps, 'page' | 'now'> & {
  client: Client
  role: Parameters<typeof Person>[0]['role']
  onFailure(failure: Failure): void
}

/** The page decides whom is shown; somebody chosen from the list stays until the page moves on. */
function Content({ client, role, page, now, onFailure }: ContentProps) {
  const ofPage: Subject | null = page.kind === 'user' ? { accountId: page.accountId } : null
  const pageKey = JSON.stringify(page)
  const [chosen, setChosen] = useState<{ pageKey: string; subject: Subject | null } | null>(null)
  const [nobodyOn, setNobodyOn] = useState<string | null>(null)
  const choice = chosen?.pageKey === pageKey ? chosen : null
  const isNobody = nobodyOn === pageKey
  const subject = choice ? choice.subject : isNobody ? null : ofPage
  const open = (user: User) =>
    setChosen({ pageKey, subject: { userId: user.id, accountId: user.bindings[0]?.accountId ?? null } })
  const onNobody = useCallback(() => setNobodyOn(pageKey), [pageKey])

  const heading = <h1 class="ls-hidden">{say('panel.heading')}</h1>
  if (subject !== null) {
    return (
      <>
        {heading}
        <nav class="crumbs">
          <button
            type="button"
            class="ls-link"
            data-action="list"
            onClick={() => setChosen({ pageKey, subject: null })}
          >
            {say('panel.back')}
          </button>
          {choice === null && <span class="ls-quiet">{say('panel.follows')}</span>}
        </nav>
        <Person
          key={JSON.stringify(subject)}
          client={client}
          role={role}
          subject={subject}
          now={now}
          onFailure={onFailure}
          onNobody={onNobody}
        />
      </>
    )
  }
  return (
    <>
      {heading}
      {isNobody && page.kind === 'user' && (
        <div class="ls-notice ls-note">
          <p>
            <b>{say('panel.nobody')}</b>
          </p>
          <p>{say('panel.nobody.detail', { account: page.accountId })}</p>
        </div>
      )}
      {page.kind === 'group' && <p class="ls-notice ls-note">{say('panel.group')}</p>}
      <People client={client} onOpen={open} onFailure={onFailure} />
    </>
  )
}
