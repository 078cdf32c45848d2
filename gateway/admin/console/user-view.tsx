import type { Binding } from '@lockstep/shared/contract/binding'
import type { Connection } from '@lockstep/shared/contract/connection'
import type { User } from '@lockstep/shared/contract/user'
import { say } from '@lockstep/shared/messages/say'
import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { DeskLink } from './desk-link.tsx'
import { DriftOfPerson } from './drift-of-person.tsx'
import { EventList } from './events-view.tsx'
import { FactorsOfPerson } from './factors-of-person.tsx'
import { MailsOfPerson } from './mails-of-person.tsx'
import { OldPassword } from './old-password.tsx'
import { Badge, Empty, RefusalNotice, Shown } from './parts.tsx'
import { SendLink } from './send-link.tsx'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'
import { type Act, WhatWillHappen } from './what-will-happen.tsx'
import {
  dayText,
  passwordText,
  standingOfBinding,
  standingOfLicence,
  standingOfPassword,
  standingOfUser,
  timeText,
} from './words.ts'

export function UserView({ id, role }: { id: string; role: string }) {
  const mayWrite = role !== 'auditor'
  const { answer, again } = useAnswer(
    async (signal) => {
      const [user, connections] = await Promise.all([
        api.call('GET /users/{id}', { params: { id }, signal }),
        api.call('GET /connections', { signal }),
      ])
      return { user, connections: connections.items }
    },
    [id],
  )
  return (
    <Shown answer={answer}>
      {({ user, connections }) => (
        <section>
          <p class="crumb">
            <a href="/admin">People</a>
          </p>
          <header class="head">
            <h1>{user.displayName}</h1>
            <Badge {...standingOfUser(user)} />
          </header>
          <dl class="facts">
            <dt>Email</dt>
            <dd>{user.email}</dd>
            <dt>Password</dt>
            <dd>{passwordText(user.password)}</dd>
            {user.role !== null && (
              <>
                <dt>Role</dt>
                <dd>{user.role}</dd>
              </>
            )}
          </dl>
          {mayWrite && user.state === 'staged' && <Activate id={user.id} activated={again} />}
          {mayWrite && user.state === 'active' && <SendLink user={user} sent={again} />}
          {role === 'admin' && user.state === 'active' && <DeskLink user={user} made={again} />}
          <h2>Microsoft 365</h2>
          {connections.length === 0 && <Empty>No tenant is connected yet.</Empty>}
          {connections.map((connection) => (
            <BindingCard
              key={connection.id}
              user={user}
              connection={connection}
              mayWrite={mayWrite}
              mayResolve={role === 'admin'}
              changed={again}
            />
          ))}
          <FactorsOfPerson user={user} mayReset={role === 'admin'} changed={again} />
          <MailsOfPerson userId={user.id} round={answer} />
          <h2>What happened</h2>
          <EventList query={{ user: user.id, limit: 20 }} round={answer} />
        </section>
      )}
    </Shown>
  )
}

/** A staged person gets a mail with a link to choose a password. */
function Activate({ id, activated }: { id: string; activated: () => void }) {
  const { busy, refusal, run } = useAction()
  const activate = () =>
    run(async () => {
      await api.call('POST /users/{id}/activate', { params: { id }, body: {} })
      activated()
    })
  return (
    <>
      <p class="actions">
        <button type="button" class="primary" onClick={activate} disabled={busy}>
          Activate and send the mail
        </button>
      </p>
      <RefusalNotice refusal={refusal} />
    </>
  )
}

type CardProps = {
  user: User
  connection: Connection
  mayWrite: boolean
  mayResolve: boolean
  changed: () => void
}

function BindingCard({ user, connection, mayWrite, mayResolve, changed }: CardProps) {
  const binding = user.bindings.find(({ connectionId }) => connectionId === connection.id)
  const drift = (binding?.drift ?? []).map((row) => ({
    ...row,
    userId: user.id,
    displayName: user.displayName,
    accountId: binding?.accountId ?? null,
  }))
  const [asked, setAsked] = useState<Act | null>(null)
  const { busy, refusal, run } = useAction()
  const params = { id: connection.id, userId: user.id }
  const sync = () =>
    run(async () => {
      await api.call('POST /connections/{id}/bindings/{userId}/sync', { params })
      changed()
    })
  const done = () => {
    setAsked(null)
    changed()
  }
  return (
    <article class="card">
      <header>
        <strong>{connection.name}</strong>
        {binding ? <Badge {...standingOfBinding(binding)} /> : <Badge tone="note" word="Not bound" />}
      </header>
      {binding && <BindingFacts binding={binding} />}
      {binding && mayWrite && <OldPassword binding={binding} changed={changed} />}
      {binding && drift[0] && (
        <DriftOfPerson
          class="inner"
          heading="Differs from the directory"
          connectionId={connection.id}
          rows={[drift[0], ...drift.slice(1)]}
          mayResolve={mayResolve}
          resolved={changed}
        />
      )}
      <RefusalNotice refusal={refusal} />
      {mayWrite && asked === null && (
        <p class="actions">
          {!binding && (
            <button type="button" class="primary" onClick={() => setAsked('bind')}>
              Bind…
            </button>
          )}
          {binding && (
            <>
              {binding.state === 'missing' ? (
                <>
                  <button type="button" class="primary" onClick={() => setAsked('restore')}>
                    Restore…
                  </button>
                  <button type="button" onClick={() => setAsked('recreate')}>
                    Create anew…
                  </button>
                </>
              ) : (
                <button type="button" onClick={sync} disabled={busy}>
                  {busy ? 'Syncing…' : 'Sync now'}
                </button>
              )}
              <button type="button" class="danger" onClick={() => setAsked('unbind')}>
                Unbind…
              </button>
              <a
                href={`/admin/connections/${encodeURIComponent(connection.id)}/undo/user/${encodeURIComponent(user.id)}`}
              >
                Undo what was written…
              </a>
            </>
          )}
        </p>
      )}
      {asked !== null && (
        <WhatWillHappen
          act={asked}
          {...params}
          account={binding?.userPrincipalName ?? user.email}
          done={done}
          cancel={() => setAsked(null)}
        />
      )}
    </article>
  )
}

function BindingFacts({ binding }: { binding: Binding }) {
  return (
    <>
      <dl class="facts">
        <dt>Account</dt>
        <dd>{binding.userPrincipalName}</dd>
        {binding.state !== 'missing' && (
          <>
            <dt>Password</dt>
            <dd>
              <Badge {...standingOfPassword(binding)} /> {binding.password.reason}{' '}
              {binding.password.old && say(`password.old.${binding.password.old}`)}
            </dd>
          </>
        )}
        {binding.licences.map(({ sku, name, state, reason }) => (
          <Fragment key={sku}>
            <dt>{name}</dt>
            <dd>
              <Badge {...standingOfLicence[state]} /> {reason}
            </dd>
          </Fragment>
        ))}
        <dt>Last sync</dt>
        <dd>{timeText(binding.lastSyncAt)}</dd>
      </dl>
      {binding.error && (
        <div class="notice failed">
          <strong>{binding.error.detail}</strong>
          <p>{binding.error.remedy}</p>
          {binding.error.restorableUntil !== undefined && (
            <p>{say('detail.restorableUntil', { day: dayText(binding.error.restorableUntil) })}</p>
          )}
        </div>
      )}
    </>
  )
}
