import { expect, test } from 'vitest'
import { type SenderRecords, senderAdvice, senderCheck } from './sender-records.ts'

const good: SenderRecords = {
  domain: 'contoso.example',
  mx: ['mx.contoso.example'],
  spf: ['v=spf1 -all'],
  dkim: ['s1'],
  dmarc: ['v=DMARC1; p=none'],
}

test.each<[string, Partial<SenderRecords>, boolean, string]>([
  ['everything', {}, true, 'an SPF record and a DKIM key (s1)'],
  ['no key that we can see', { dkim: [] }, true, 'no DKIM key under the usual selectors'],
  ['no mail server', { mx: [] }, false, 'no mail server (MX)'],
  ['no SPF', { spf: [] }, false, 'no SPF record'],
  ['two SPF records', { spf: ['v=spf1 -all', 'v=spf1 +all'] }, false, '2 SPF records'],
  ['no answer', { spf: null }, false, 'DNS did not answer'],
])('%s', (_, some, ok, detail) => {
  const check = senderCheck({ ...good, ...some })
  expect(check).toMatchObject({ check: 'mail_records', level: 'warning', ok, detail: expect.stringContaining(detail) })
  expect(check.remedy === null).toBe(ok)
})

test.each<[string, Partial<SenderRecords>, string[]]>([
  ['everything', {}, []],
  ['nothing', { mx: [], spf: [], dkim: [], dmarc: [] }, ['MX', 'SPF', 'DKIM', 'DMARC']],
  ['two SPF records', { spf: ['v=spf1 -all', 'v=spf1 +all'] }, ['SPF']],
  ['two policies', { dmarc: ['v=DMARC1; p=none', 'v=DMARC1; p=reject'] }, ['DMARC']],
  ['no answer about one', { dmarc: null }, ['DMARC']],
])('advice on %s', (_, some, wrong) => {
  const advice = senderAdvice({ ...good, ...some })
  expect(advice.filter(({ ok }) => !ok).map(({ record }) => record)).toEqual(wrong)
  expect(advice.every(({ ok, remedy }) => ok === (remedy === ''))).toBe(true)
})
