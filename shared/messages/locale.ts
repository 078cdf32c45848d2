/** The languages of everything that people read, each by its own name. */
export const localeNames = { en: 'English', de: 'Deutsch', fr: 'Français', es: 'Español', ja: '日本語' } as const

export type Locale = keyof typeof localeNames

export const locales = Object.keys(localeNames) as [Locale, ...Locale[]]

export const isLocale = (text: string): text is Locale => Object.hasOwn(localeNames, text)
