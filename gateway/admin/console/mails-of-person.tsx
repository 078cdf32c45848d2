import type { MailState } from '@lockstep/shared/contract/mail'
import { api } from './api.ts'
import { Badge, Shown } from './parts.tsx'
import { useAnswer } from './use-answer.ts'
import { type Standing, timeText } from './words.ts'

const standings: Record<MailState, Standing> = {
  queued: { tone: 'waiting', word: 'Waits' },
  sent: { tone: 'in-sync', word: 'Sent' },
  bounced: { tone: 'failed', word: 'Came back' },
  failed: { tone: 'failed', word: 'Not sent' },
}

/** What became of the latest mails to somebody; asks anew when `round` is another. */
export function MailsOfPerson({ userId, round }: { userId: string; round: unknown }) {
  const { answer } = useAnswer(
    (signal) => api.call('GET /mails', { query: { user: userId, limit: 5 }, signal }),
    [userId, round],
  )
  return (
    <Shown answer={answer}>
      {({ items }) =>
        items.length === 0 ? null : (
          <>
            <h2>Mails</h2>
            <table class="stack mails">
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Subject</th>
                  <th scope="col">To</th>
                  <th scope="col">State</th>
                </tr>
              </thead>
              <tbody>
                {items.map((mail) => (
                  <tr key={mail.id}>
                    <td class="when">{timeText(mail.createdAt)}</td>
                    <td>{mail.subject}</td>
                    <td>{mail.recipient}</td>
                    <td>
                      <Badge {...standings[mail.state]} /> {mail.reason}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )
      }
    </Shown>
  )
}
