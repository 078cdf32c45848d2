import type { Locale } from './locale.ts'
import { de } from './portal/de.ts'
import { type Catalogue, en, type MessageKey } from './portal/en.ts'
import { es } from './portal/es.ts'
import { fr } from './portal/fr.ts'
import { ja } from './portal/ja.ts'

export type { MessageKey } from './portal/en.ts'

const catalogues: Record<Locale, Catalogue> = { en, de, fr, es, ja }

/** The sentence for a key, with `{name}` filled in as plain text. */
export type Translate = (key: MessageKey, values?: Readonly<Record<string, string>>) => string

/** French sets a space before these signs, where no line may break. */
const beforeSigns = / (?=[?!:;»])/g

export const translator =
  (locale: Locale): Translate =>
  (key, values = {}) =>
    wordsOf(locale, key).replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)

const wordsOf = (locale: Locale, key: MessageKey): string =>
  locale === 'fr' ? fr[key].replace(beforeSigns, '\u00a0') : catalogues[locale][key]
