import { checkPassword, type PasswordGround, type RuleResult } from '../../domain/password-policy.ts'

/** Ticks the rules while somebody types, by the very function that decides when the form is sent. */
export function passwordForms(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>('form[data-ground]')) {
    const input = form.querySelector<HTMLInputElement>('input[name="newPassword"]')
    const { ground: text } = form.dataset
    if (!input || text === undefined) continue
    const ground = JSON.parse(text) as PasswordGround
    input.addEventListener('input', () => {
      const results = checkPassword(input.value, ground)
      tick(form, input.value === '' ? [] : results)
      showStrength(form, input.value, results)
    })
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

function showStrength(form: HTMLFormElement, password: string, results: readonly RuleResult[]): void {
  const line = form.querySelector<HTMLElement>('.strength')
  const meter = line?.querySelector('meter')
  const output = line?.querySelector('output')
  if (!line || !meter || !output) return
  line.hidden = password === ''
  const strength = strengthOf(password, results)
  meter.value = strength
  const words = JSON.parse(output.dataset['words'] ?? '[]') as string[]
  output.textContent = words[strength] ?? ''
}

/** 0 to 4. Below 2 something is still missing; beyond that, length is what counts. */
function strengthOf(password: string, results: readonly RuleResult[]): 0 | 1 | 2 | 3 | 4 {
  const missing = results.filter(({ ok }) => !ok).length
  if (missing > 1) return 0
  if (missing === 1) return 1
  if (password.length < 14) return 2
  return password.length < 18 ? 3 : 4
}
