import { expect, test } from 'vitest'
import { Secret } from '../domain/secret.ts'
import { createDelegatedTokens, delegatedFailure } from './delegated.ts'

const refusal = (errorCode: string, number?: number) => ({
  errorCode,
  errorMessage: number === undefined ? 'Some text.' : `AADSTS${number}: Some text.`,
})

test.each([
  [
    'a new password or revoked sessions',
    refusal('invalid_grant', 50173),
    'signed_out',
    'AADSTS50173',
    /^Sign in again:/,
  ],
  ['a block', refusal('invalid_grant', 50057), 'signed_out', 'AADSTS50057', /^Unblock the account/],
  ['a deleted account', refusal('invalid_grant', 50034), 'signed_out', 'AADSTS50034', /another administrator/],
  ['90 days without use', refusal('invalid_grant', 700082), 'signed_out', 'AADSTS700082', /^Sign in again:/],
  ['a second factor', refusal('interaction_required', 50076), 'signed_out', 'AADSTS50076', /^Sign in again:/],
  ['a code of tomorrow', refusal('invalid_grant', 99999), 'signed_out', 'AADSTS99999', /^Sign in again:/],
  ['a cache without a token', refusal('no_tokens_found'), 'signed_out', 'no_tokens_found', /^Sign in again:/],
  ["the app's own secret", refusal('invalid_client', 7000222), 'signed_out', 'AADSTS7000222', /lockstep\.json/],
  ['a busy service', refusal('temporarily_unavailable', 90033), 'unavailable', 'AADSTS90033', /by itself/],
  ['no answer', new Error('fetch failed'), 'unavailable', 'sign_in_unreachable', /network/],
])('a sign-in that ends by %s says so, with a way on', (_, error, kind, code, remedy) => {
  expect(delegatedFailure(error)).toMatchObject({ kind, code, remedy: expect.stringMatching(remedy) })
})

test('without the app at which the administrator signed in there are no tokens, and nobody is asked', async () => {
  const tokens = createDelegatedTokens({
    login: 'https://login.invalid',
    graph: 'https://graph.invalid',
    tenantId: 't',
    clientId: 'c',
    credential: {
      kind: 'delegated',
      homeAccountId: 'h',
      clientSecret: null,
      cache: { kept: new Secret('{}'), keep: async () => undefined },
    },
  })
  await expect(tokens.get()).rejects.toMatchObject({ failure: { kind: 'signed_out', code: 'delegated_app_gone' } })
})
