/** The rules that the page shows, in the order shown; which of them a password keeps is decided by the domain's policy. */
export const passwordRules = [
  { rule: 'length', sentence: 'has at least 12 characters' },
  { rule: 'classes', sentence: 'mixes three of: small letters, capitals, digits, other characters' },
  { rule: 'identity', sentence: 'holds neither your name nor your email' },
  { rule: 'common', sentence: 'is not one of the passwords that everybody tries' },
] as const
