import type { Locale } from '../locale.ts'
import { mailDe } from './de.ts'
import { type MailCatalogue, type MailKind, type MailValues, mailEn } from './en.ts'
import { mailEs } from './es.ts'
import { mailFr } from './fr.ts'
import { mailJa } from './ja.ts'

/** A mail to a person, before it is put into words. */
export type MailMessage = {
  [Kind in MailKind]: { kind: Kind; values: MailValues<Kind> } & (Kind extends 'activation' | 'reset'
    ? { link: string }
    : { link?: undefined })
}[MailKind]

export type MailWords = {
  subject: string
  greeting: string
  lines: string[]
  button: string | null
  closing: string
  link: string
}

const catalogues: Record<Locale, MailCatalogue> = { en: mailEn, de: mailDe, fr: mailFr, es: mailEs, ja: mailJa }

/** The words of a mail; what is filled in is plain text. */
export function mailWords(
  locale: Locale,
  { organisation, name }: { organisation: string; name: string },
  { kind, values }: MailMessage,
): MailWords {
  const { subject, lines, button } = catalogues[locale][kind]
  const given: Record<string, string | number> = { ...values, organisation }
  const fill = (text: string) => filled(text, (key) => written(locale, given[key]))
  return { subject: fill(subject), lines: lines.map(fill), button, ...letterWords(locale, { organisation, name }) }
}

/** What stands around any mail. */
export function letterWords(locale: Locale, values: { organisation: string; name: string }) {
  const { greeting, closing, link } = catalogues[locale].letter
  const fill = (text: string) => filled(text, (key) => (key === 'name' ? values.name : values.organisation))
  return { greeting: fill(greeting), closing: fill(closing), link }
}

const filled = (text: string, value: (key: string) => string | undefined) =>
  text.replace(/\{(\w+)\}/g, (whole, key: string) => value(key) ?? whole)

function written(locale: Locale, value: string | number | undefined): string | undefined {
  if (typeof value !== 'number') return value
  const parts = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const
  return `${new Intl.DateTimeFormat(locale, parts).format(value)} UTC`
}
