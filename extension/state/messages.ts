import type { Scope } from '../redirect/page.ts'
import type { Reason } from '../redirect/sources.ts'

/** What a content script may ask, and all that it is told. */
export type PageRequest = { type: 'page' }
export type PageAnswer = { scope: Scope; targets: Record<Reason, string>; bar: BarWords } | null

/** The sentences of the bar come along, so that content scripts carry no catalogue. */
export type BarWords = { text: string; button: string; close: string }

/** What our own pages may ask. */
/** `confirm`: whoever is signed in proves again to be the one. */
export type OwnRequest = { type: 'sign_in' } | { type: 'confirm' } | { type: 'sign_out' }
export type OwnAnswer = { ok: true } | { ok: false; message: string }
