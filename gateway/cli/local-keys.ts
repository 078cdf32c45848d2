import { createHasher } from '../directory/hasher.ts'
import { type Lost, loseKey } from '../directory/lose-key.ts'
import { confirmRecoveryKey, makeRecoveryKey } from '../directory/recovery.ts'
import { rotateKey, rotateKeyTo } from '../directory/rotate-key.ts'
import type { Actor } from '../domain/actor.ts'
import { type OpenInstance, openInstance, storeUrlOf } from '../instance.ts'
import { readSettings } from '../settings.ts'
import { lockFolder } from '../store/folder-lock.ts'
import { daysFileOf, loadInstanceKey, makeKeyFile, readKeyFile } from '../store/instance-key.ts'
import { peek } from '../store/peek.ts'
import { openPendingDays } from '../store/pending-days.ts'
import { createPrivate, promotePrivate } from '../store/private-file.ts'
import { wrappedIn } from '../store/recovery.ts'
import { openSealedFor } from '../store/recovery-key.ts'
import type { Resealed } from '../store/reseal.ts'
import { openStore } from '../store/store.ts'
import { createVault, KeyMismatch, keyCheckOf, SealRejected } from '../store/vault.ts'
import { systemRuntime } from '../system-runtime.ts'
import { CommandError } from './shell.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Whoever may read the data folder and its key needs no other proof. */
const atTheMachine: Actor = { kind: 'cli', id: null, name: 'command line' }

/** Runs the work while no gateway does; null when one serves the folder. */
export async function whileStopped<T>(folder: string, work: () => Promise<T>): Promise<T | null> {
  const lock = lockFolder(folder)
  if (lock === undefined) return null
  try {
    return await work()
  } finally {
    lock.release()
  }
}

async function inside<T>(folder: string, env: Environment, work: (open: OpenInstance) => Promise<T>): Promise<T> {
  const open = await openInstance(folder, env, systemRuntime)
  try {
    return await work(open)
  } finally {
    await open.close()
  }
}

/** The caller has made sure that no gateway serves the folder. */
export async function rotateHere(folder: string, env: Environment, to: string | undefined): Promise<Resealed> {
  return await inside(folder, env, async (open) => {
    const { key } = open.instance
    if (open.staged && 'file' in key) promotePrivate(key.file)
    return to === undefined ? await rotateKey(open, atTheMachine, key) : await rotateKeyTo(open, atTheMachine, to)
  })
}

export const recoveryKey = (folder: string, env: Environment): Promise<string> =>
  inside(folder, env, (open) => makeRecoveryKey(open, atTheMachine))

export const confirmRecovery = (folder: string, env: Environment, text: string): Promise<void> =>
  inside(folder, env, (open) => confirmRecoveryKey(open, atTheMachine, text))

/** Writes the key of the store to its file, or to another one; returns which. Opens and changes nothing else. */
export async function restoreKey(
  folder: string,
  env: Environment,
  text: string,
  to: string | undefined,
): Promise<string> {
  const instance = await readSettings(folder, env)
  const { keyCheck, recovery } = peek(storeUrlOf(instance))
  if (recovery === null) throw new CommandError('No recovery key was made for this store. See "lockstep key lost".')
  const file = to ?? ('file' in instance.key ? instance.key.file : null)
  if (file === null) throw new CommandError('The key is not in a file here. Say where to write it: --to FILE.', 2)
  const key = opened(text, wrappedIn(recovery))
  if (keyCheckOf(key) !== keyCheck) throw new CommandError('The store has another key by now. Take its latest backup.')
  createPrivate(file, key)
  if (!key.equals(readKeyFile(file) ?? Buffer.alloc(0)))
    throw new CommandError(`There is another key in ${file}. Move it away, then try again.`)
  return file
}

function opened(text: string, wrapped: string): Buffer {
  try {
    return openSealedFor(text, wrapped)
  } catch (error) {
    if (error instanceof SealRejected)
      throw new CommandError('This is not the recovery key of this store. Check the letters.')
    throw error
  }
}

/** The caller has made sure that no gateway serves the folder. */
export async function startAnew(folder: string, env: Environment): Promise<Lost> {
  const instance = await readSettings(folder, env)
  const { keyCheck } = peek(storeUrlOf(instance))
  if (keyCheck === null) throw new CommandError(`There is no store in ${folder}.`)
  if (hasKey(() => loadInstanceKey(instance.key, keyCheck, systemRuntime)))
    throw new CommandError('The key of this store is there. Nothing is lost and nothing was changed.')
  const key =
    'file' in instance.key
      ? makeKeyFile(instance.key.file, systemRuntime)
      : loadInstanceKey(instance.key, null, systemRuntime).key
  const days = openPendingDays(daysFileOf(instance.key, folder), systemRuntime)
  const vault = createVault(key, systemRuntime, days)
  const store = await openStore({ url: storeUrlOf(instance), runtime: systemRuntime })
  try {
    return await loseKey({ store, vault, runtime: systemRuntime, hasher: createHasher() }, atTheMachine)
  } finally {
    await store.close()
  }
}

function hasKey(load: () => unknown): boolean {
  try {
    load()
    return true
  } catch (error) {
    if (error instanceof KeyMismatch) return false
    throw error
  }
}
