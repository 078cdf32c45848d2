import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import type { Plan } from '../contract/plan.ts'
import { say } from '../messages/say.ts'
import { type Intent, type PlanSentence, sentencesOf } from './plan-sentences.ts'

export type { Intent }

export type WhatWillHappenProps = {
  /** The person and the account that this is about. */
  name: string
  account: string
  intent: Intent
  /** Null while it is being asked for. */
  plan: Plan | null
  /** A connection that observes sends nothing. */
  isObserving: boolean
  /** Why the plan or the action failed, with what to do next. */
  error: string | null
  isBusy: boolean
  confirmLabel: string
  /** Choices that change the plan, between the title and the sentences. */
  children?: ComponentChildren
  onConfirm(): void
  onCancel(): void
}

/** The plan of one person in words, before anything is done. A modal dialog; Escape cancels. */
export function WhatWillHappen(props: WhatWillHappenProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useId()
  // Before it is painted: the keys that somebody presses next belong here already.
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])
  const destroys = props.intent === 'unbind'
  return (
    <dialog
      ref={dialog}
      class="ls-dialog"
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault()
        if (!props.isBusy) props.onCancel()
      }}
    >
      <h2 id={title}>{say('plan.title')}</h2>
      <p class="ls-quiet">{props.name}</p>
      {props.children}
      <div class="ls-plan" aria-live="polite">
        {props.plan === null && props.error === null && <p class="ls-quiet">{say('plan.loading')}</p>}
        {props.plan !== null &&
          sentencesOf(props.plan, props.intent, props.account).map((sentence) => (
            <Sentence key={sentence.text} sentence={sentence} />
          ))}
        {props.isObserving && <p class="ls-notice ls-note">{say('plan.observing')}</p>}
      </div>
      {props.error !== null && (
        <p class="ls-notice ls-failed" role="alert">
          {props.error}
        </p>
      )}
      <div class="ls-actions ls-end">
        <button type="button" class="ls-button" disabled={props.isBusy} onClick={props.onCancel}>
          {say('plan.cancel')}
        </button>
        <button
          type="button"
          class={`ls-button ${destroys ? 'ls-danger' : 'ls-primary'}`}
          data-action="confirm"
          disabled={props.isBusy || props.plan === null}
          onClick={props.onConfirm}
        >
          {props.isBusy ? say('action.working') : props.confirmLabel}
        </button>
      </div>
    </dialog>
  )
}

function Sentence({ sentence: { kind, text, changes } }: { sentence: PlanSentence }) {
  return (
    <div class="ls-sentence" data-operation={kind}>
      <p>{text}</p>
      {changes.length > 0 && (
        <ul>
          {changes.map(({ label, before, after }) => (
            <li key={`${label} ${before} ${after}`}>
              <b>{label}</b> <Part text={before} /> <span aria-hidden="true">→</span> <Part text={after} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

const Part = ({ text }: { text: string | null }) =>
  text === null || text === '' ? <i class="ls-quiet">{say('plan.empty')}</i> : <span>{text}</span>
