import type { LockstepEvent } from '../contract/event.ts'
import { say, sayIfKnown } from '../messages/say.ts'
import { StatusIcon, type Tone } from './status-badge.tsx'
import { Time } from './time.tsx'

const tones: Readonly<Record<LockstepEvent['outcome'], Tone>> = {
  success: 'in_sync',
  failure: 'failed',
  retrying: 'waiting',
  skipped: 'quiet',
}

/** Events, as given: newest first. `now` in ms since the epoch. */
export function EventList({ events, now }: { events: readonly LockstepEvent[]; now: number }) {
  if (events.length === 0) return <p class="ls-quiet">{say('event.none')}</p>
  return (
    <ol class="ls-events">
      {events.map((event) => (
        <li key={event.id} data-event={event.type}>
          <StatusIcon tone={tones[event.outcome]} size={14} />
          <span class="ls-what">
            {titleOf(event)}
            <span class={event.outcome === 'success' ? 'ls-hidden' : 'ls-quiet'}>
              {' '}
              ({say(`outcome.${event.outcome}`)})
            </span>
            {event.detail && <span class="ls-quiet ls-line">{event.detail}</span>}
          </span>
          <span class="ls-quiet ls-when">
            <Time at={event.at} now={now} />
          </span>
        </li>
      ))}
    </ol>
  )
}

/** An event that the catalogue does not know is shown by its own name. */
function titleOf({ type }: LockstepEvent): string {
  const plain = type.replaceAll('_', ' ')
  return sayIfKnown(`event.${type}`) ?? plain.charAt(0).toUpperCase() + plain.slice(1)
}
