import type { Client } from '@lockstep/shared/client/client'
import type { Role } from '@lockstep/shared/contract/user'
import { say as sayView } from '@lockstep/shared/messages/say'
import { UserDetail } from '@lockstep/shared/ui/user-detail'
import { type Intent, WhatWillHappen } from '@lockstep/shared/ui/what-will-happen'
import { useEffect, useState } from 'preact/hooks'
import { panel as catalogue } from '../messages/en/panel.ts'
import { sayFrom } from '../messages/say.ts'
import { type Failure, failureOf } from '../state/failure.ts'
import {
  act,
  actionOf,
  isMoving,
  loadPerson,
  loadPlan,
  type Person as PersonData,
  type Subject,
} from './person-data.ts'
import { useLoad } from './use-load.ts'

const say = sayFrom(catalogue)

export type PersonProps = {
  client: Client
  role: Role
  subject: Subject
  /** ms since the epoch */
  now(): number
  onFailure(failure: Failure): void
  onNobody(): void
}

/** ms between two looks at somebody whose state is about to change, and at anybody else */
const lookAgainMs = { moving: 1_000, still: 15_000 }

/** One person, kept fresh; each change is shown as a plan before it is made. */
export function Person({ client, role, subject, now, onFailure, onNobody }: PersonProps) {
  const key = JSON.stringify(subject)
  const { value, failure, isLoading, reload } = useLoad(key, async (signal) => ({
    person: await loadPerson(client, subject, signal),
  }))
  const [intent, setIntent] = useState<Intent | null>(null)
  const [said, setSaid] = useState('')
  const person = value?.person ?? null
  const isNobody = value !== null && person === null

  useEffect(() => {
    if (failure) onFailure(failure)
  }, [failure, onFailure])
  useEffect(() => {
    if (isNobody) onNobody()
  }, [isNobody, onNobody])
  const pauseMs = person && isMoving(person) ? lookAgainMs.moving : lookAgainMs.still
  useEffect(() => {
    if (isLoading || intent !== null) return undefined
    const timer = setTimeout(reload, pauseMs)
    return () => clearTimeout(timer)
  }, [isLoading, intent, pauseMs, reload])

  if (person === null) return isNobody ? null : <p class="ls-quiet">{say('panel.loading')}</p>
  const mayAct = role !== 'auditor' && person.connection !== null
  return (
    <>
      <p class={said === '' ? 'ls-hidden' : 'ls-notice ls-note'} role="status">
        {said}
      </p>
      <UserDetail
        user={person.user}
        binding={person.binding}
        account={person.account}
        connectionName={person.connection?.name ?? say('panel.noConnection')}
        mayAct={mayAct}
        busy={null}
        now={now()}
        onAction={(action) => {
          setSaid('')
          setIntent(action)
        }}
      />
      {intent !== null && (
        <Ask
          client={client}
          person={person}
          intent={intent}
          onIntent={setIntent}
          onClose={(sentence) => {
            setIntent(null)
            setSaid(sentence)
            if (sentence !== '') reload()
          }}
        />
      )}
    </>
  )
}

type AskProps = {
  client: Client
  person: PersonData
  intent: Intent
  onIntent(intent: Intent): void
  onClose(said: string): void
}

function Ask({ client, person, intent, onIntent, onClose }: AskProps) {
  const plan = useLoad(intent, (signal) => loadPlan(client, person, intent, signal))
  const [isBusy, setIsBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const name = person.user.displayName
  const action = actionOf(intent)
  const confirm = async () => {
    setIsBusy(true)
    setError(null)
    try {
      const refused = await act(client, person, intent)
      onClose(refused === null ? say(`panel.done.${action}`, { name }) : say('panel.sync.failed', { detail: refused }))
    } catch (problem) {
      setIsBusy(false)
      setError(failureOf(problem).message)
    }
  }
  return (
    <WhatWillHappen
      name={name}
      account={person.account?.userPrincipalName ?? person.binding?.userPrincipalName ?? person.user.email}
      intent={intent}
      plan={plan.value}
      isObserving={person.connection?.settings.mode === 'observe'}
      error={error ?? plan.failure?.message ?? null}
      isBusy={isBusy}
      confirmLabel={sayView(`action.${action}`)}
      onConfirm={confirm}
      onCancel={() => onClose('')}
    >
      {action === 'unbind' && (
        <fieldset class="ls-choice">
          <legend>{sayView('plan.unbind.choice')}</legend>
          {(['unbind', 'unbind_keep'] as const).map((choice) => (
            <label key={choice}>
              <input type="radio" name="account" checked={intent === choice} onChange={() => onIntent(choice)} />
              {sayView(choice === 'unbind' ? 'plan.unbind.block' : 'plan.unbind.keep')}
            </label>
          ))}
        </fieldset>
      )}
    </WhatWillHappen>
  )
}
