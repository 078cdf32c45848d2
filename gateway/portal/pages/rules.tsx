import type { Translate } from '@lockstep/shared/messages/message'
import { guessesEn } from '@lockstep/shared/messages/portal/guesses/en'
import { checkPassword, type PasswordGround, type PasswordRule } from '../../domain/password-policy.ts'
import type { StrengthWarning } from '../../domain/password-strength.ts'

const strengths = [0, 1, 2, 3, 4] as const
const warnings = Object.keys(guessesEn).map((key) => key.replace('portal.guess.', '')) as StrengthWarning[]

type RulesProps = {
  t: Translate
  ground: PasswordGround
  /** What the password that was sent lacks, in sentences. */
  broken?: readonly string[] | undefined
}

/** The rules in words; the script of the page ticks them while somebody types. */
export function Rules({ t, ground, broken = [] }: RulesProps) {
  const all = checkPassword('', { ...ground, strength: 0, history: false, ...(ground.looksUp && { breached: false }) })
  const rules = all.map(({ rule, values }) => ({ rule, sentence: t(`portal.rule.${rule}`, values) }))
  return (
    <div class="rules" id="rules">
      <p class="rules-title">{t('portal.password.rules')}</p>
      <ul>
        {rules.map(({ rule, sentence }) => (
          <Rule t={t} rule={rule} sentence={sentence} isBroken={broken.includes(sentence)} />
        ))}
        {broken
          .filter((sentence) => !rules.some((rule) => rule.sentence === sentence))
          .map((sentence) => (
            <Rule t={t} sentence={sentence} isBroken />
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
      <p
        class="guess"
        aria-live="polite"
        data-words={JSON.stringify(Object.fromEntries(warnings.map((one) => [one, t(`portal.guess.${one}`)])))}
        hidden
      />
    </div>
  )
}

/** What only the server can tell, once the form is sent. */
const later: ReadonlySet<PasswordRule> = new Set(['history', 'breached'])

type RuleProps = { t: Translate; rule?: PasswordRule; sentence: string; isBroken: boolean }

function Rule({ t, rule, sentence, isBroken }: RuleProps) {
  return (
    <li data-rule={rule} data-broken={isBroken ? '' : undefined}>
      {sentence}
      {rule !== undefined && later.has(rule) && <span class="later"> {t('portal.rule.later')}</span>}
      {isBroken && <span class="for-readers"> {t('portal.password.rule.broken')}</span>}
    </li>
  )
}
