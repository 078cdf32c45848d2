import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { RefusalNotice, Shown } from './parts.tsx'
import { useAction } from './use-action.ts'
import { useAnswer } from './use-answer.ts'
import { sentenceOf } from './words.ts'

export type Act = 'bind' | 'restore' | 'recreate' | 'unbind'

const labels: Record<Act, string> = {
  bind: 'Bind',
  restore: 'Restore',
  recreate: 'Create anew',
  unbind: 'Unbind',
}

type Props = {
  act: Act
  /** Of the connection. */
  id: string
  userId: string
  account: string
  done: () => void
  cancel: () => void
}

/** Shows the plan for one person before anything is done, in words and attribute by attribute. */
export function WhatWillHappen({ act, id, userId, account, done, cancel }: Props) {
  const [keep, setKeep] = useState(false)
  const bind = act === 'recreate' ? 'recreate' : 'bind'
  const asked = act !== 'unbind' ? bind : keep ? 'unbind_keep' : 'unbind'
  const { answer } = useAnswer(
    (signal) => api.call('GET /connections/{id}/plan', { params: { id }, query: { user: userId, if: asked }, signal }),
    [asked],
  )
  const { busy, refusal, run } = useAction()
  const params = { id, userId }
  const go = () =>
    run(async () => {
      if (act !== 'unbind') {
        const body = act === 'recreate' ? { recreate: true } : {}
        await api.call('PUT /connections/{id}/bindings/{userId}', { params, body })
      } else {
        const query = { account: keep ? ('keep' as const) : ('block' as const) }
        await api.call('DELETE /connections/{id}/bindings/{userId}', { params, query })
      }
      done()
    })
  return (
    <section class="what" aria-label="What will happen">
      <h3>What will happen</h3>
      {act === 'unbind' && (
        <label class="choice">
          <input type="checkbox" checked={keep} onChange={(event) => setKeep(event.currentTarget.checked)} /> Leave the
          account enabled
        </label>
      )}
      <Shown answer={answer}>
        {({ operations }) => (
          <ul>
            {operations.length === 0 && <li>Nothing changes in the tenant.</li>}
            {operations.map((operation) => (
              <li key={operation.kind}>{sentenceOf(operation, account)}</li>
            ))}
          </ul>
        )}
      </Shown>
      <RefusalNotice refusal={refusal} />
      <p class="actions">
        <button type="button" class="primary" onClick={go} disabled={busy || answer.state !== 'here'}>
          {busy ? 'Working…' : labels[act]}
        </button>
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      </p>
    </section>
  )
}
