import { type ViewsKey, viewsEn } from './views-en.ts'

/** The sentence for a key, with `{name}` filled in as plain text. */
export function say(key: ViewsKey, values: Readonly<Record<string, string>> = {}): string {
  return viewsEn[key].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

/** The sentence for a key that is made of data, or null when the catalogue has none. */
export function sayIfKnown(key: string): string | null {
  return Object.hasOwn(viewsEn, key) ? viewsEn[key as ViewsKey] : null
}
