import type { Operation } from '@lockstep/shared/contract/plan'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { ChangeList } from './change-list.tsx'
import { useKnown } from './use-known.ts'
import { sentenceOf } from './words.ts'

/** People at a time: each is looked up. */
const step = 50

const userOf = (id: string, signal: AbortSignal) => api.call('GET /users/{id}', { params: { id }, signal })

type Props = {
  operations: readonly Operation[]
  /** What is said of a person beside the operations. */
  noteOf?: (userId: string) => readonly string[]
}

/** The operations of a plan person by person, each in words with its before and after. */
export function PlanList({ operations, noteOf }: Props) {
  const [shown, setShown] = useState(step)
  const groups = byPerson(operations)
  const visible = groups.slice(0, shown)
  const people = useKnown(
    visible.map(([userId]) => userId),
    userOf,
  )
  return (
    <>
      <ol class="plan">
        {visible.map(([userId, own]) => {
          const user = people.get(userId)
          return (
            <li key={userId} class="card" data-user={userId}>
              <header>
                <strong>
                  <a href={`/admin/users/${encodeURIComponent(userId)}`}>{user?.displayName ?? userId}</a>
                </strong>
                <span class="quiet">{user?.email}</span>
              </header>
              {own.map((operation) => (
                <div key={operation.kind} data-operation={operation.kind}>
                  <p>
                    {operation.kind === 'update'
                      ? 'Values of the account change.'
                      : sentenceOf(operation, user?.email ?? operation.accountId ?? '')}
                  </p>
                  <ChangeList changes={operation.changes.filter(({ attribute }) => !inSentence.has(attribute))} />
                </div>
              ))}
              {noteOf?.(userId).map((note) => (
                <p key={note} class="quiet">
                  {note}
                </p>
              ))}
            </li>
          )
        })}
      </ol>
      {groups.length > shown && (
        <p class="quiet actions">
          {shown} of {groups.length} people
          <button type="button" onClick={() => setShown(shown + step)}>
            Show more
          </button>
        </p>
      )}
    </>
  )
}

/** What the sentence of an operation says already. */
const inSentence = new Set(['accountEnabled', 'password', 'deleted', 'sessions'])

function byPerson(operations: readonly Operation[]): [userId: string, Operation[]][] {
  const people = new Map<string, Operation[]>()
  for (const operation of operations) {
    const own = people.get(operation.userId)
    if (own) own.push(operation)
    else people.set(operation.userId, [operation])
  }
  return [...people]
}

/** So many operations about so many people. */
export function planCount(operations: readonly Operation[]): string {
  const people = new Set(operations.map(({ userId }) => userId)).size
  const changes = operations.length === 1 ? '1 change' : `${operations.length} changes`
  return `${changes} for ${people === 1 ? '1 person' : `${people} people`}`
}
