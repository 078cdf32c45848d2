import { en, type MessageKey } from './en.ts'

/** The sentence for a key, with `{name}` filled in as plain text. */
export function say(key: MessageKey, values: Readonly<Record<string, string>> = {}): string {
  return en[key].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}
