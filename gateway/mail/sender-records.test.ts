import { expect, test } from 'vitest'
import { readSenderRecords, senderRecordsOf } from './sender-records.ts'

const refused = (code: string) => Promise.reject(Object.assign(new Error(code), { code }))

test('the records of a domain are read, DKIM keys under the usual selectors', async () => {
  const texts: Record<string, string[][]> = {
    'contoso.example': [['v=spf1 include:_spf.', 'contoso.example -all'], ['another=text']],
    's1._domainkey.contoso.example': [['v=DKIM1; k=rsa; p=MIGf']],
    'k1._domainkey.contoso.example': [['v=DKIM1; p=']],
  }
  const records = await readSenderRecords('contoso.example', {
    resolveMx: async () => [
      { exchange: 'backup.contoso.example', priority: 20 },
      { exchange: 'mx.contoso.example', priority: 10 },
    ],
    resolveTxt: (name) => (texts[name] === undefined ? refused('ENODATA') : Promise.resolve(texts[name])),
  })
  expect(records).toEqual({
    domain: 'contoso.example',
    mx: ['mx.contoso.example', 'backup.contoso.example'],
    spf: ['v=spf1 include:_spf.contoso.example -all'],
    dkim: ['s1'],
    dmarc: [],
  })
})

test.each([
  ['ENOTFOUND', { mx: [], spf: [], dkim: [] }],
  ['ETIMEOUT', { mx: null, spf: null, dkim: null }],
])('%s', async (code, expected) => {
  const dns = { resolveMx: () => refused(code), resolveTxt: () => refused(code) }
  expect(await readSenderRecords('contoso.example', dns)).toMatchObject(expected)
})

test('nobody is asked about a sender of this machine', () => {
  expect(senderRecordsOf('lockstep@localhost')).toBeUndefined()
})

test('a domain without a DMARC policy has that of the one above it', async () => {
  const resolveTxt = (name: string) =>
    name === '_dmarc.contoso.example' ? Promise.resolve([['v=DMARC1; p=none']]) : refused('ENOTFOUND')
  const records = await readSenderRecords('id.contoso.example', { resolveMx: () => refused('ENODATA'), resolveTxt })
  expect(records.dmarc).toEqual(['v=DMARC1; p=none'])
})
