import { type Attribute, attributeLimits, attributeNames } from '@lockstep/shared/contract/attributes'
import { Mapping } from '@lockstep/shared/contract/mapping'
import { parseTemplate } from '@lockstep/shared/contract/template'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Attributes } from './account.ts'
import { compileMapping, longestValue, mapAttributes, type Source, valueFor } from './mapping.ts'

const nothing = Object.fromEntries(attributeNames.map((name) => [name, null])) as Attributes
const ana = (some: Partial<Attributes> = {}): Source => ({
  email: 'ana.berg@contoso.example',
  attributes: { ...nothing, displayName: 'Ana Berg', givenName: 'Ana', familyName: 'Berg', ...some },
})
const made = (attribute: Attribute, from: string, source = ana()) => {
  const parsed = parseTemplate(from)
  if (!parsed.ok) throw new Error(parsed.message)
  return valueFor(attribute, parsed.template, source)
}

test.each([
  ['{givenName}', 'Ana'],
  ['{familyName|upper}, {givenName}', 'BERG, Ana'],
  ['{givenName|first:1|lower}.', 'a.'],
  ['{familyName|first:99}', 'Berg'],
  ['{department|default:"none"}', 'none'],
  ['{department}', null],
  ['{email|replace:"@contoso.example":""}', 'ana.berg'],
  ['{email|replace:".":"$&"}', 'ana$&berg@contoso$&example'],
  ['{familyName|default:"a \\"b\\" \\\\"}', 'Berg'],
  ['{department|default:"a \\"b\\" \\\\"}', 'a "b" \\'],
  ['{{{givenName}}} }}{{', '{Ana} }{'],
  ['  {givenName}  ', 'Ana'],
])('%s gives %s', (from, value) => {
  expect(made('companyName', from)).toEqual({ ok: true, value })
})

test.each([
  ['{givenname}', 2],
  ['Dr. {', 6],
  ['a } b', 3],
  ['{givenName|shout}', 12],
  ['{givenName|first}', 17],
  ['{givenName|first:0}', 17],
  ['{givenName|default:x}', 19],
  ['{givenName|replace:"":"b"}', 19],
  ['{givenName|replace:"a"}', 23],
  ['{givenName', 11],
])('%s cannot be read from character %i on', (from, position) => {
  expect(parseTemplate(from)).toMatchObject({ ok: false, position })
  const refused = Mapping.safeParse({ jobTitle: { from } })
  expect(refused.error?.issues).toMatchObject([{ path: ['jobTitle', 'from'] }])
  expect(refused.error?.issues[0]?.message).toContain(`character ${position}`)
})

describe('a value that the attribute does not take', () => {
  test.each<[Attribute, string, RegExp]>([
    ['employeeId', '{email}', /24 characters.*at most 16/],
    ['usageLocation', '{givenName|first:2}', /two-letter/],
    ['preferredLanguage', 'German', /like "de"/],
    ['displayName', '{department}', /cannot be empty/],
    ['jobTitle', 'a\u0007b', /control character/],
  ])('%s from %s is refused in words', (attribute, from, detail) => {
    expect(made(attribute, from)).toEqual({ ok: false, detail: expect.stringMatching(detail) })
  })

  test('fails that attribute of that person alone', () => {
    const mapping = compileMapping({ employeeId: { mode: 'push', from: '{familyName}-{givenName}' } })
    const long = mapAttributes(mapping, ana({ familyName: 'Wolfeschlegelstein', jobTitle: 'Nurse' }))
    expect(long.unmapped).toMatchObject([{ attribute: 'employeeId' }])
    expect(long.modes).toMatchObject({ employeeId: 'ignore', jobTitle: 'push' })
    expect(long.attributes.jobTitle).toBe('Nurse')
    expect(mapAttributes(mapping, ana())).toMatchObject({ unmapped: [], attributes: { employeeId: 'Berg-Ana' } })
  })
})

test('without a mapping every attribute is pushed as it is', () => {
  const source = ana({ jobTitle: 'Nurse', usageLocation: 'AT' })
  const mapped = mapAttributes(compileMapping({}), source)
  expect(mapped).toMatchObject({ attributes: source.attributes, unmapped: [] })
  expect(new Set(Object.values(mapped.modes))).toEqual(new Set(['push']))
})

describe('whatever is written into a template', () => {
  const words = [
    '{',
    '}',
    '{{',
    '|',
    ':',
    '"',
    '\\',
    'first',
    'default',
    'replace',
    'upper',
    'email',
    'jobTitle',
    '3',
    'é',
    '👩‍⚕️',
    ' ',
  ]
  const anyTemplate = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((some) => some.join('')),
  )
  const filter = fc.oneof(
    fc.constantFrom('|upper', '|lower'),
    fc.integer({ min: 1, max: 2000 }).map((count) => `|first:${count}`),
    fc.stringMatching(/^[^"\\]{0,20}$/).map((text) => `|default:"${text}"`),
    fc
      .tuple(fc.stringMatching(/^[^"\\]{1,3}$/), fc.stringMatching(/^[^"\\]{0,40}$/))
      .map(([what, by]) => `|replace:"${what}":"${by}"`),
  )
  const goodTemplate = fc
    .array(fc.tuple(fc.constantFrom('email', ...attributeNames), fc.array(filter, { maxLength: 6 })), { maxLength: 8 })
    .map((parts) => parts.map(([name, filters]) => `{${name}${filters.join('')}}`).join(' '))
  const anyone = fc
    .record(Object.fromEntries(attributeNames.map((name) => [name, fc.option(fc.string({ maxLength: 1024 }))])))
    .map((attributes) => ana(attributes as Partial<Attributes>))

  test('it is refused with a place inside it, or makes a value that the attribute takes, or a sentence', () => {
    const anyAttribute = fc.constantFrom(...attributeNames)
    fc.assert(
      fc.property(fc.oneof(anyTemplate, goodTemplate), anyone, anyAttribute, (from, source, attribute) => {
        const parsed = parseTemplate(from)
        if (!parsed.ok) {
          expect(parsed.position).toBeGreaterThanOrEqual(1)
          expect(parsed.position).toBeLessThanOrEqual(from.length + 1)
          return
        }
        const result = valueFor(attribute, parsed.template, source)
        if (result.ok) expect(result.value?.length ?? 0).toBeLessThanOrEqual(attributeLimits[attribute])
        else expect(result.detail).not.toBe('')
      }),
      { numRuns: 2_000 },
    )
  })

  test('a value that grows with every filter ends in a sentence', () => {
    const grow = '|replace:"a":"aaaaaaaaaa"'.repeat(15)
    expect(longestValue).toBeLessThan(10_000)
    expect(made('jobTitle', `{jobTitle${grow}}`, ana({ jobTitle: 'aaaa' }))).toMatchObject({ ok: false })
  })
})
