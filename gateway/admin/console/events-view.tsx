import type { LockstepEvent } from '@lockstep/shared/contract/event'
import { say, sayIfKnown } from '@lockstep/shared/messages/say'
import { api } from './api.ts'
import { ChangeList } from './change-list.tsx'
import { Badge, Empty, Shown } from './parts.tsx'
import { useAnswer } from './use-answer.ts'
import { type Tone, timeText } from './words.ts'

const tones: Record<LockstepEvent['outcome'], Tone> = {
  success: 'in-sync',
  failure: 'failed',
  retrying: 'waiting',
  skipped: 'note',
}

export function EventsView() {
  return (
    <section>
      <header class="head">
        <h1>Events</h1>
      </header>
      <EventList query={{ limit: 100 }} round={null} />
    </section>
  )
}

/** Newest first; asks anew when `round` is another. */
export function EventList({ query, round }: { query: { limit: number; user?: string }; round: unknown }) {
  const { answer } = useAnswer((signal) => api.call('GET /events', { query, signal }), [query.user, round])
  return (
    <Shown answer={answer}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty>Nothing has happened yet.</Empty>
        ) : (
          <table class="stack">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">What</th>
                <th scope="col">Who did it</th>
                <th scope="col">Result</th>
              </tr>
            </thead>
            <tbody>
              {items.map((event) => (
                <tr key={event.id}>
                  <td class="when">{timeText(event.at)}</td>
                  <td>
                    {sayIfKnown(`event.${event.type}`) ?? <code>{event.type}</code>}
                    {event.detail !== null && <span class="quiet line">{event.detail}</span>}
                    <ChangeList changes={event.changes} />
                  </td>
                  <td>{event.actor.name}</td>
                  <td>
                    <Badge tone={tones[event.outcome]} word={say(`outcome.${event.outcome}`)} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )
      }
    </Shown>
  )
}
