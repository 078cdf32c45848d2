import { en, type MessageKey } from './en.ts'

export type Locale = 'en'

const catalogues: Record<Locale, Record<MessageKey, string>> = { en }

/** The sentence for a key, with `{name}` filled in as plain text. */
export function message(locale: Locale, key: MessageKey, values: Readonly<Record<string, string>> = {}): string {
  return catalogues[locale][key].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}
