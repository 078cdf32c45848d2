import { join } from 'node:path'
import type { Runtime } from './domain/runtime.ts'
import { type Instance, openSettings } from './settings.ts'
import { daysFileOf, loadInstanceKey } from './store/instance-key.ts'
import { peek } from './store/peek.ts'
import { openPendingDays } from './store/pending-days.ts'
import { openStore, type Store } from './store/store.ts'
import { createVault, type Vault } from './store/vault.ts'

/** What everything else stands on: the settings, the store and the keys of one data folder. */
export type OpenInstance = {
  instance: Instance
  runtime: Runtime
  store: Store
  vault: Vault
  days: ReturnType<typeof openPendingDays>
  /** The key in use lies beside its file still: a rotation was stopped shortly before its end. */
  staged: boolean
  close(): Promise<void>
}

/**
 * Opens a data folder, making what is missing. Several processes may have it open at once.
 * Throws SettingsError, KeyMismatch before anything was touched, or an Error that says what is wrong with key or store.
 */
export async function openInstance(
  dataFolder: string,
  env: Readonly<Record<string, string | undefined>>,
  runtime: Runtime,
): Promise<OpenInstance> {
  const instance = await openSettings(dataFolder, env)
  const url = storeUrlOf(instance)
  const { key, staged } = loadInstanceKey(instance.key, peek(url).keyCheck, runtime)
  const days = openPendingDays(daysFileOf(instance.key, dataFolder), runtime)
  const vault = createVault(key, runtime, days)
  const store = await openStore({ url, runtime, vault })
  return { instance, runtime, store, vault, days, staged, close: () => store.close() }
}

export const storeUrlOf = ({ databaseUrl, dataFolder }: Instance): string =>
  databaseUrl?.reveal() ?? `sqlite:${join(dataFolder, 'lockstep.db')}`
