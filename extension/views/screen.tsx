import { StatusIcon, type Tone } from '@lockstep/shared/ui/status-badge'
import type { ComponentChildren } from 'preact'

/** A page with one thing to say and, mostly, one thing to do. */
export function Screen(props: { tone: Tone; title: string; detail?: string; children?: ComponentChildren }) {
  return (
    <section class="screen">
      <StatusIcon tone={props.tone} size={32} />
      <h1>{props.title}</h1>
      {props.detail !== undefined && <p class="ls-quiet">{props.detail}</p>}
      {props.children}
    </section>
  )
}
