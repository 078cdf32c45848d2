import {
  checkPassword,
  isAcceptable,
  type PasswordGround,
  type RuleResult,
  type StrengthScore,
} from '../../domain/password-policy.ts'

type Estimate = typeof import('../../domain/password-strength.ts')
/** A bundle of its own: its list of common passwords is larger than all pages together. */
const estimatePath = '/assets/strength.js'

/** Ticks the rules while somebody types, by the very functions that decide when the form is sent. */
export function passwordForms(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>('form[data-ground]')) {
    const input = form.querySelector<HTMLInputElement>('input[name="newPassword"]')
    const { ground: text } = form.dataset
    if (!input || text === undefined) continue
    const ground = JSON.parse(text) as PasswordGround
    let estimate: Estimate | undefined
    const judge = () => {
      const strength = estimate?.strengthOf(input.value, ground)
      const results = checkPassword(input.value, { ...ground, ...(strength && { strength: strength.score }) })
      tick(form, input.value === '' ? [] : results)
      showStrength(form, input.value === '' ? undefined : strength, results)
    }
    const load = () =>
      void (import(estimatePath) as Promise<Estimate>).then((loaded) => {
        estimate = loaded
        judge()
      }, console.warn)
    input.addEventListener('input', load, { once: true })
    input.addEventListener('input', judge)
    form.addEventListener('submit', () => {
      const button = form.querySelector<HTMLButtonElement>('button[type="submit"]')
      button?.setAttribute('aria-busy', 'true')
    })
  }
}

function tick(form: HTMLFormElement, results: readonly RuleResult[]): void {
  for (const item of form.querySelectorAll<HTMLElement>('[data-rule]')) {
    const result = results.find(({ rule }) => rule === item.dataset['rule'])
    if (result) item.dataset['kept'] = String(result.ok)
    else delete item.dataset['kept']
  }
}

type Strength = ReturnType<Estimate['strengthOf']>

function showStrength(form: HTMLFormElement, strength: Strength | undefined, results: readonly RuleResult[]): void {
  const line = form.querySelector<HTMLElement>('.strength')
  const meter = line?.querySelector('meter')
  const output = line?.querySelector('output')
  const guess = form.querySelector<HTMLElement>('.guess')
  if (!line || !meter || !output || !guess) return
  line.hidden = strength === undefined
  guess.hidden = strength?.warning == null
  if (strength === undefined) return
  meter.value = shown(strength.score, results)
  output.textContent = wordsOf<string[]>(output)[meter.value] ?? ''
  guess.textContent = wordsOf<Record<string, string>>(guess)[strength.warning ?? ''] ?? ''
}

/** Nothing is called good that would be refused. */
const shown = (score: StrengthScore, results: readonly RuleResult[]) =>
  isAcceptable(results) ? score : Math.min(score, 2)

const wordsOf = <T>(element: HTMLElement): T => JSON.parse(element.dataset['words'] ?? 'null') as T
