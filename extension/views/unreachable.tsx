import { unreachable as catalogue } from '../messages/en/unreachable.ts'
import { sayFrom } from '../messages/say.ts'
import { Screen } from './screen.tsx'

const say = sayFrom(catalogue)

export type UnreachableProps = {
  organisation: string | null
  supportContact: string | null
  isTrying: boolean
  onRetry(): void
}

/** Instead of a browser's error: what happened, what not to do, whom to ask. It goes on by itself. */
export function Unreachable({ organisation, supportContact, isTrying, onRetry }: UnreachableProps) {
  return (
    <main class="reading">
      <Screen
        tone="waiting"
        title={say('unreachable.title')}
        detail={say('unreachable.what', { organisation: organisation ?? say('unreachable.company') })}
      >
        <p>
          <b>{say('unreachable.not')}</b>
        </p>
        <p>{say('unreachable.wait')}</p>
        {supportContact !== null && <p>{say('unreachable.ask', { contact: supportContact })}</p>}
        <button type="button" class="ls-button ls-primary" disabled={isTrying} onClick={onRetry}>
          {isTrying ? say('unreachable.trying') : say('unreachable.retry')}
        </button>
      </Screen>
    </main>
  )
}
