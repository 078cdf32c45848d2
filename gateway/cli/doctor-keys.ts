import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { storeUrlOf } from '../instance.ts'
import type { Instance } from '../settings.ts'
import { daysFileOf, type KeySource, loadInstanceKey } from '../store/instance-key.ts'
import { peek } from '../store/peek.ts'
import { isConfirmed } from '../store/recovery.ts'
import { systemRuntime } from '../system-runtime.ts'
import { bad, type Finding, fine } from './finding.ts'

const better =
  'Safer: "keyFile" on another volume or as a systemd credential, or "keyCommand" for a key management service.'

/** Where the keys of an instance lie, who could take them along with the data, and whether one that is lost can be had back. */
export async function examineKeys(instance: Instance): Promise<Finding[]> {
  const { keyCheck, recovery } = peek(storeUrlOf(instance))
  const key = await instanceKey(instance, keyCheck)
  if (keyCheck === null) return [key]
  return [key, daysFile(instance), recoveryKey(recovery)]
}

async function instanceKey({ key, dataFolder }: Instance, known: string | null): Promise<Finding> {
  const where = placeOf(key)
  if (known === null && 'file' in key && !(await exists(key.file)))
    return fine('instance key', `${where}: the first start makes it`)
  try {
    loadInstanceKey(key, known, systemRuntime)
  } catch (error) {
    return bad('instance key', where, error instanceof Error ? error.message : String(error))
  }
  if ('file' in key && isWithin(key.file, dataFolder))
    return fine('instance key', `${where}: beside the data, so whoever takes the folder has both`, better)
  if ('value' in key)
    return fine('instance key', `${where}: as long as it runs, this user and root can read it there`, better)
  return fine('instance key', where)
}

function placeOf(key: KeySource): string {
  if ('value' in key) return 'from LOCKSTEP_KEY'
  return 'file' in key ? key.file : `from the command ${key.command[0]}`
}

/** A copy of the data folder must not hold what opens its passwords later. */
function daysFile({ key, dataFolder }: Instance): Finding {
  const file = daysFileOf(key, dataFolder)
  if (!isWithin(file, dataFolder)) return fine('keys of waiting passwords', file)
  return fine(
    'keys of waiting passwords',
    `${file}: whoever copies the folder, and has the instance key, opens what waited then`,
    'Leave this file out of copies, or keep the instance key in a folder of its own that can be written.',
  )
}

function recoveryKey(recovery: string | null): Finding {
  if (recovery !== null && isConfirmed(recovery)) return fine('recovery key', 'made and confirmed')
  const [detail, remedy] =
    recovery === null
      ? ['there is none: without the instance key everybody has to start anew', 'Run "lockstep key recovery".']
      : ['made, and nobody has confirmed to have it', 'Run "lockstep key recovery --confirm" and type it in.']
  return bad('recovery key', detail, remedy)
}

const isWithin = (file: string, folder: string) => `${dirname(file)}/`.startsWith(`${resolve(folder)}/`)

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  )
