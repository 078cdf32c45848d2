import type { securityEn } from './en.ts'

/** The same keys in every language. */
export type SecurityCatalogue = Readonly<Record<keyof typeof securityEn, string>>
