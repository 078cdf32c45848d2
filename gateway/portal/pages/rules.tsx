import type { Translate } from '@lockstep/shared/messages/message'
import { checkPassword, type PasswordPolicy } from '../../domain/password-policy.ts'

const strengths = [0, 1, 2, 3, 4] as const

/** The rules in words; the script of the page ticks them while somebody types. */
export function Rules({ t, policy }: { t: Translate; policy: PasswordPolicy }) {
  const rules = checkPassword('', { policy, person: { names: [], email: '' }, history: false })
  return (
    <div class="rules" id="rules">
      <p class="rules-title">{t('portal.password.rules')}</p>
      <ul>
        {rules.map(({ rule, values }) => (
          <li data-rule={rule}>{t(`portal.rule.${rule}`, values)}</li>
        ))}
      </ul>
      <p class="strength" hidden>
        <span id="strength-label">{t('portal.password.strength')}</span>
        <meter min="0" max="4" low={2} high={3} optimum={4} value="0" aria-labelledby="strength-label" />
        <output
          aria-live="polite"
          data-words={JSON.stringify(strengths.map((one) => t(`portal.password.strength.${one}`)))}
        />
      </p>
    </div>
  )
}
