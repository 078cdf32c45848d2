import { locales } from '@lockstep/shared/messages/locale'
import { translator } from '@lockstep/shared/messages/message'
import { expect, test } from 'vitest'
import { checkPassword, defaultPolicy } from '../domain/password-policy.ts'
import { Problem } from '../domain/problem.ts'
import { passwordRefusal, signInRefusal } from './refusal.ts'

const results = checkPassword('Short', {
  policy: defaultPolicy,
  person: { names: [], email: '' },
  history: true,
  breached: true,
})
const broken = results.filter(({ ok }) => !ok)

test('the sentences of the rules are the same in the answers of the API and on an English page', () => {
  const t = translator('en')
  expect(results.map(({ rule, values }) => t(`portal.rule.${rule}`, values))).toEqual(
    results.map(({ sentence }) => sentence),
  )
})

test.each(locales.filter((locale) => locale !== 'en'))(
  '%s: a refused password is explained without English',
  (locale) => {
    const weak = new Problem('password_too_weak', 'English only.', { broken })
    const { sentence, more } = passwordRefusal(weak, translator(locale))
    expect(more).toHaveLength(broken.length)
    expect(more[0]).toMatch(/12.*256/)
    for (const each of broken) expect([sentence, ...more].join(' ')).not.toContain(each.sentence)
    expect(sentence).not.toContain('English')

    const long = new Problem('validation_failed', 'English only.')
    expect(passwordRefusal(long, translator(locale)).sentence).toContain('256')
    expect(passwordRefusal(long, translator(locale)).sentence).not.toContain('English')

    const refused = new Problem('password_refused_by_tenant', 'English only.')
    expect(passwordRefusal(refused, translator(locale)).sentence).not.toContain('English')
  },
)

test('the wait is said in seconds, then in minutes', () => {
  const after = (retryAfterSeconds: number) =>
    signInRefusal(new Problem('too_many_requests', 'English only.', { retryAfterSeconds }), translator('de'))
  expect(after(60)).toContain('60 Sekunden')
  expect(after(91)).toContain('2 Minuten')
})
