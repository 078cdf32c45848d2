import type { Binding } from '@lockstep/shared/contract/binding'
import type { Connection } from '@lockstep/shared/contract/connection'
import type { User } from '@lockstep/shared/contract/user'
import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { EventList } from './events-view.tsx'
import { Badge, Empty, RefusalNotice, Shown } from './parts.tsx'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'
import { type Act, WhatWillHappen } from './what-will-happen.tsx'
import { standingOfBinding, standingOfLicence, standingOfPassword, standingOfUser, timeText } from './words.ts'

export function UserView({ id, mayWrite }: { id: string; mayWrite: boolean }) {
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
            <dd>{user.password.state === 'none' ? 'Not set' : `Set ${timeText(user.password.changedAt)}`}</dd>
            {user.role !== null && (
              <>
                <dt>Role</dt>
                <dd>{user.role}</dd>
              </>
            )}
          </dl>
          {mayWrite && user.state === 'staged' && <Activate id={user.id} activated={again} />}
          <h2>Microsoft 365</h2>
          {connections.length === 0 && <Empty>No tenant is connected yet.</Empty>}
          {connections.map((connection) => (
            <BindingCard key={connection.id} user={user} connection={connection} mayWrite={mayWrite} changed={again} />
          ))}
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

type CardProps = { user: User; connection: Connection; mayWrite: boolean; changed: () => void }

function BindingCard({ user, connection, mayWrite, changed }: CardProps) {
  const binding = user.bindings.find(({ connectionId }) => connectionId === connection.id)
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
        <dt>Password</dt>
        <dd>
          <Badge {...standingOfPassword(binding)} /> {binding.password.reason}
        </dd>
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
        </div>
      )}
      {binding.drift.length > 0 && (
        <table>
          <caption>Differs from this directory</caption>
          <thead>
            <tr>
              <th scope="col">Attribute</th>
              <th scope="col">Here</th>
              <th scope="col">Microsoft 365</th>
            </tr>
          </thead>
          <tbody>
            {binding.drift.map(({ attribute, ours, theirs }) => (
              <tr key={attribute}>
                <td>{attribute}</td>
                <td>{ours ?? '–'}</td>
                <td>{theirs ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}
