import type { ComponentChildren } from 'preact'
import type { Refusal } from './api.ts'
import { keepPlace } from './place.ts'
import type { Answer } from './use-answer.ts'
import type { Standing, Tone } from './words.ts'

const shapes: Record<Tone, string> = {
  'in-sync': 'M6.2 10.4l2.6 2.6 5-5.6',
  waiting: 'M10 5.8v4.4l2.8 1.8',
  failed: 'M10 5.8v5M10 13.9v.1',
  note: 'M10 9.4v4.6M10 6.1v.1',
}

/** Icon, word and colour: never colour alone. */
export function Badge({ tone, word }: Standing) {
  return (
    <span class={`badge ${tone}`}>
      <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
        <g fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">
          <circle cx="10" cy="10" r="8.2" />
          <path d={shapes[tone]} />
        </g>
      </svg>
      {word}
    </span>
  )
}

export function RefusalNotice({ refusal }: { refusal: Refusal | null }) {
  if (!refusal) return null
  return (
    <div class="notice failed" role="alert">
      <strong>{refusal.title}</strong>
      {refusal.code === 'step_up_needed' ? (
        <p>
          What you are about to do is asked for twice.{' '}
          <a href="/portal/confirm?to=admin" onClick={keepPlace}>
            Confirm with your second factor
          </a>
          , then do it again within five minutes.
        </p>
      ) : (
        <p>{refusal.detail}</p>
      )}
      {refusal.errors.length > 0 && (
        <ul>
          {refusal.errors.map(({ path, message }) => (
            <li key={path + message}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** What an answer holds, or why it is not there. */
export function Shown<T>({ answer, children }: { answer: Answer<T>; children: (value: T) => ComponentChildren }) {
  return (
    <div aria-busy={answer.state === 'waiting'}>
      {answer.state === 'waiting' && answer.value === undefined && <p class="quiet loading">Loading…</p>}
      {answer.state === 'refused' && <RefusalNotice refusal={answer.refusal} />}
      {answer.value !== undefined && children(answer.value)}
    </div>
  )
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>
}
