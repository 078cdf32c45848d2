import { message } from '@lockstep/shared/messages/message'
import { passwordRules } from '../password-rules.ts'

/** The rules in words; the script of the page ticks them while somebody types. */
export function Rules() {
  return (
    <div class="rules" id="rules">
      <p class="rules-title">{message('en', 'portal.password.rules')}</p>
      <ul>
        {passwordRules.map(({ rule, sentence }) => (
          <li data-rule={rule}>{sentence}</li>
        ))}
      </ul>
      <p class="strength" hidden>
        <span>{message('en', 'portal.password.strength')}</span>
        <meter min="0" max="4" low={2} high={3} optimum={4} value="0" />
        <output />
      </p>
    </div>
  )
}
