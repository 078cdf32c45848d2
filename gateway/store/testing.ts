import type { Runtime } from '../domain/runtime.ts'
import { createVault, type Vault } from './vault.ts'

/** A vault whose pending passwords open on every day. */
export const testVault = (fill: number, runtime: Pick<Runtime, 'randomBytes'>): Vault =>
  createVault(new Uint8Array(32).fill(fill), runtime, { today: () => 0, secretOf: () => new Uint8Array(32) })
