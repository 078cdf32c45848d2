import type { User } from '@lockstep/shared/contract/user'
import { useState } from 'preact/hooks'
import { qrSquare } from '../../domain/qr-square.ts'
import { api } from './api.ts'
import { RefusalNotice } from './parts.tsx'
import { useAction } from './use-action.ts'
import { timeText } from './words.ts'

type Link = { link: string; endsAt: string }

/** For somebody who stands at the desk: the own telephone scans it, and the password is chosen there. */
export function DeskLink({ user, made }: { user: User; made: () => void }) {
  const { busy, refusal, run } = useAction()
  const [shown, setShown] = useState<Link | null>(null)
  const show = () =>
    run(async () => {
      setShown(await api.call('POST /users/{id}/desk-link', { params: { id: user.id } }))
      made()
    })
  if (shown === null)
    return (
      <>
        <p class="actions">
          <button type="button" data-action="desk_link" onClick={show} disabled={busy}>
            Show a QR code at the desk
          </button>
        </p>
        <RefusalNotice refusal={refusal} />
      </>
    )
  return (
    <figure class="desk-link">
      <Square text={shown.link} label={`Link for ${user.displayName}`} />
      <figcaption>
        <p role="status">
          {user.displayName} scans this with a telephone and chooses a password there. It works once, until{' '}
          {timeText(shown.endsAt)}.
        </p>
        <button type="button" data-action="hide_desk_link" onClick={() => setShown(null)}>
          Hide it
        </button>
      </figcaption>
    </figure>
  )
}

/** Dark on light in every scheme, so that every camera reads it. */
function Square({ text, label }: { text: string; label: string }) {
  const { path, size } = qrSquare(text)
  return (
    <svg viewBox={`0 0 ${size} ${size}`} width="240" height="240" role="img" aria-label={label}>
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" shape-rendering="crispEdges" />
    </svg>
  )
}
