import { describe, expect, it } from 'vitest'
import type { Operation, Plan } from '../contract/plan.ts'
import { sentencesOf } from './plan-sentences.ts'

const operation = (kind: Operation['kind'], changes: Operation['changes'] = []): Operation => ({
  kind,
  userId: 'u',
  accountId: 'a',
  reason: 'bound',
  changes,
})
const planOf = (...operations: Operation[]): Plan => ({ id: 'p', operations, groups: [], brake: null })
const account = 'ana@contoso.example'

describe('what will happen, in words', () => {
  it('unbinding says that the account is blocked, when sessions end and how to undo it', () => {
    const [sentence] = sentencesOf(planOf(operation('deprovision')), 'unbind', account)
    expect(sentence?.text).toBe(
      'The account ana@contoso.example will be blocked. Open sessions end within minutes, some within an hour. Bind again to undo.',
    )
  })

  it('changes are listed by their names for people; block and password are in the sentence already', () => {
    const changes = [
      { attribute: 'department', before: 'Sales', after: 'Finance' },
      { attribute: 'accountEnabled', before: 'true', after: 'false' },
      { attribute: 'password', before: null, after: null },
    ]
    const [sentence] = sentencesOf(planOf(operation('update', changes)), 'sync', account)
    expect(sentence?.changes).toEqual([{ label: 'Department', before: 'Sales', after: 'Finance' }])
  })

  it('each intent has a sentence for a plan with nothing to do', () => {
    for (const intent of ['bind', 'restore', 'recreate', 'unbind', 'unbind_keep', 'sync'] as const) {
      expect(sentencesOf(planOf(), intent, account)).toEqual([
        { kind: 'nothing', text: expect.stringMatching(/\.$/), changes: [] },
      ])
    }
  })

  it('a plan that the brake holds says so', () => {
    const plan = { ...planOf(operation('deprovision')), brake: { operations: 3, threshold: 2, planId: 'p' } }
    expect(sentencesOf(plan, 'unbind', account).map(({ kind }) => kind)).toEqual(['deprovision', 'held'])
  })
})
