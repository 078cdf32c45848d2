import { join } from 'node:path'
import type { Runtime } from './domain/runtime.ts'
import { type Instance, openSettings } from './settings.ts'
import { loadInstanceKey } from './store/instance-key.ts'
import { openStore, type Store } from './store/store.ts'
import { createVault, type Vault } from './store/vault.ts'

/** What everything else stands on: the settings, the store and the keys of one data folder. */
export type OpenInstance = { instance: Instance; runtime: Runtime; store: Store; vault: Vault; close(): Promise<void> }

/**
 * Opens a data folder, making what is missing. Several processes may have it open at once.
 * Throws SettingsError, or an Error that says what is wrong with the key or the store.
 */
export async function openInstance(
  dataFolder: string,
  env: Readonly<Record<string, string | undefined>>,
  runtime: Runtime,
): Promise<OpenInstance> {
  const instance = await openSettings(dataFolder, env)
  const { key } = instance
  const instanceKey = loadInstanceKey({
    dataFolder,
    key: key !== null && 'value' in key ? key.value.reveal() : undefined,
    keyFile: key !== null && 'file' in key ? key.file : undefined,
    runtime,
  })
  const vault = createVault(instanceKey, runtime)
  const url = instance.databaseUrl?.reveal() ?? `sqlite:${join(dataFolder, 'lockstep.db')}`
  const store = await openStore({ url, runtime, vault })
  return { instance, runtime, store, vault, close: () => store.close() }
}
