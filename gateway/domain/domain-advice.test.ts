import { expect, test } from 'vitest'
import { likelyDomain } from './domain-advice.ts'

test.each([
  ['contso.example', ['contoso.example', 'fabrikam.example'], 'contoso.example'],
  ['contoso.com', ['contoso.example', 'fabrikam.example'], 'contoso.example'],
  ['gmail.com', ['contoso.example'], 'contoso.example'],
  ['gmail.com', ['contoso.example', 'fabrikam.example'], null],
  ['contoso.com', [], null],
])('%s among %j: %s', (given, known, likely) => {
  expect(likelyDomain(given, known)).toBe(likely)
})
