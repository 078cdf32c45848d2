import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkPassword, defaultPolicy, type PasswordRule } from './password-policy.ts'

const person = { names: ['Ana Kovač-Meyer', 'Ana', 'Kovač-Meyer'], email: 'ana.kovac@contoso.example' }
const broken = (password: string, policy = defaultPolicy, history?: boolean) =>
  checkPassword(password, { policy, person, ...(history !== undefined && { history }) })
    .filter(({ ok }) => !ok)
    .map(({ rule }) => rule)

const table: [password: string, broken: PasswordRule[]][] = [
  ['Purple-Kettle-42-Rain', []],
  ['correct Horse battery 9', []],
  ['Tr0mbone&Lighthouse', []],
  ['       Aa1 ~      ', []],
  ['Kx7!mQ2#pLw9', []],
  ['Short-1a', ['length']],
  [`Aa1${'x'.repeat(253)}`, []],
  [`Aa1${'x'.repeat(254)}`, ['length']],
  ['Grün-Kettle-42-Rain', ['characters']],
  ['Purple\tKettle-42', ['characters']],
  ['Purple-Kettle\u0000-42', ['characters']],
  ['密码密码密码密码密码密码Aa1', ['characters']],
  ['purplekettlerain', ['classes']],
  ['purplekettle1234567rain', ['classes']],
  ['Purple-kovac-Rain', ['name']],
  ['MEYER-kettle-42-rain', ['name']],
  ['Ana-Purple-Rain-7', []],
  ['Password1234', ['common']],
  ['P@$$w0rd2026!', ['common']],
  ['Welcome123456', ['common']],
  ['Qwertyuiop123!', []],
  ['Qwerty123456', ['common']],
  ['Winter2026!!', ['common']],
  ['Winter2026!!x', []],
  ['', ['length', 'classes', 'common']],
  ['Kx7!mQ2', ['length']],
  ['Kx7!mQ2#', ['length']],
  ['Kx7!mQ2#pLw', ['length']],
  ['Kx7!mQ2#pLw9vRt4', []],
  ['Kx7!mQ2#pLw9vRt4z', []],
  [`Kx7!${'mQ2#'.repeat(15)}`, []],
  [`Kx7!${'mQ2#'.repeat(31)}`, []],
  [`Kx7!${'mQ2#'.repeat(63)}`, []],
  [`Kx7!${'mQ2#'.repeat(63)}z`, ['length']],
  ['            ', ['classes']],
  ['  Kx7!mQ2#pLw9  ', []],
  ['Kx7!mQ2#pLw9\n', ['characters']],
  ['Kx7!mQ2#pLw9\u007f', ['characters']],
  ['Kx7!mQ2#pLw9\u00a0', ['characters']],
  ['Kx7!mQ2#pLw9\u200b', ['characters']],
  ['Kx7!mQ2#pLw9€', ['characters']],
  ['Kx7!mQ2#pLw9🔑', ['characters']],
  ['Kx7!mQ2#pLw9é', ['characters']],
  ['Kx7!mQ2#pLw9e\u0301', ['characters']],
  ['ПурпурныйЧайник42', ['characters', 'classes']],
  [' !"#$%&\'()*+,-./', ['classes']],
  [':;<=>?@[\\]^_`{|}~', ['classes']],
  ['Aa1 !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', []],
  ['kettle-rain-42', []],
  ['KETTLE-RAIN-42', []],
  ['Kettle42Rain77', []],
  ['kettle rain boat', ['classes']],
  ['KETTLERAINBOAT', ['classes']],
  ['482915736024', ['classes']],
  ['kettlerain4829', ['classes']],
  ['KovacKettle4829', ['name']],
  ['kOVAC-kettle-4829', ['name']],
  ['Kettle-Meyer-4829', ['name']],
  ['Kov4c-Kettle-4829', []],
  ['ana.kovac-Kettle-4', ['name']],
  ['P4ssword-4829-zq', []],
  ['Passw0rdPassw0rd', ['common']],
  ['MicrosoftOffice1!', ['common']],
  // Five points by Microsoft's own count, and so accepted there.
  ['Admin-Admin-12345', []],
  ['Admin-Admin12345', ['common']],
  ['Qwerty!Qwerty1', ['common']],
  ['Abc123Abc123!!', ['common']],
  ['Sommer2026Sommer!', ['common']],
  ['Letmein-welcome1', ['common']],
]
test.each(table)('%j breaks %j', (password, rules) => {
  expect(broken(password)).toEqual(rules)
})

test("the organisation's own words count like common ones", () => {
  const policy = { minLength: 12, words: ['Contoso'] }
  expect(broken('Contoso-2026!')).toEqual([])
  expect(broken('C0nt0so2026!!', policy)).toEqual(['common'])
})

test('no policy is weaker than eight characters', () => {
  expect(broken('Kx7!mQ2', { minLength: 1, words: [] })).toEqual(['length'])
  expect(broken('Kx7!mQ2#', { minLength: 1, words: [] })).toEqual([])
})

test('a password that was used before is named as such', () => {
  expect(broken('Purple-Kettle-42-Rain', defaultPolicy, true)).toEqual(['history'])
})

test('what we accept is what Microsoft 365 takes: 8 to 256 printable ASCII characters of three classes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (password) => {
      if (broken(password).length > 0) return
      expect(password).toMatch(/^[\x20-\x7E]{8,256}$/)
    }),
  )
})
