import type { Translate } from '@lockstep/shared/messages/message'

const lengthMost = 60

/** The name that somebody typed for a second factor, in one line; empty when there was none. */
export const plainName = (text: string) =>
  text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, lengthMost)

/** That name, else what it is, in the words of its owner. */
export const factorName = (t: Translate, kind: 'totp' | 'passkey', text: string) =>
  plainName(text) || t(`portal.factor.${kind}`)
