import { message } from '@lockstep/shared/messages/message'
import { checkPassword, type PasswordPolicy } from '../../domain/password-policy.ts'

/** The rules in words; the script of the page ticks them while somebody types. */
export function Rules({ policy }: { policy: PasswordPolicy }) {
  const rules = checkPassword('', { policy, person: { names: [], email: '' }, history: false })
  return (
    <div class="rules" id="rules">
      <p class="rules-title">{message('en', 'portal.password.rules')}</p>
      <ul>
        {rules.map(({ rule, sentence }) => (
          <li data-rule={rule}>{sentence}</li>
        ))}
      </ul>
      <p class="strength" hidden>
        <span id="strength-label">{message('en', 'portal.password.strength')}</span>
        <meter min="0" max="4" low={2} high={3} optimum={4} value="0" aria-labelledby="strength-label" />
        <output aria-live="polite" />
      </p>
    </div>
  )
}
