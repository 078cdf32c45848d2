import type { Connection } from '@lockstep/shared/contract/connection'
import type { ComponentChildren } from 'preact'
import { api } from './api.ts'
import { Shown } from './parts.tsx'
import { useAnswer } from './use-answer.ts'

export const parts = [
  ['', 'Overview'],
  ['plan', 'Plan'],
  ['drift', 'Drift'],
  ['groups', 'Groups'],
  ['undo', 'Undo'],
] as const
export type Part = (typeof parts)[number][0]

/** The way between the pages of one connection. */
export function ConnectionParts({ connection, part }: { connection: Connection; part: Part }) {
  const path = `/admin/connections/${encodeURIComponent(connection.id)}`
  const counts: Partial<Record<Part, number>> = {
    plan: connection.brake?.operations ?? 0,
    drift: connection.counts.drifted,
  }
  return (
    <nav class="parts" aria-label={connection.name}>
      {parts.map(([name, word]) => (
        <a
          key={name}
          href={name === '' ? path : `${path}/${name}`}
          aria-current={name === part ? 'page' : undefined}
          data-part={name}
        >
          {word}
          {(counts[name] ?? 0) > 0 && <span class="count">{counts[name]}</span>}
        </a>
      ))}
    </nav>
  )
}

type Props = {
  id: string
  part: Part
  children: (connection: Connection, changed: () => void) => ComponentChildren
}

/** One page of a connection below its name. */
export function ConnectionPart({ id, part, children }: Props) {
  const { answer, again } = useAnswer((signal) => api.call('GET /connections/{id}', { params: { id }, signal }), [id])
  return (
    <Shown answer={answer}>
      {(connection) => (
        <section>
          <p class="crumb">
            <a href="/admin/connections">Connections</a>
          </p>
          <header class="head">
            <h1>{connection.name}</h1>
          </header>
          <ConnectionParts connection={connection} part={part} />
          {children(connection, again)}
        </section>
      )}
    </Shown>
  )
}
