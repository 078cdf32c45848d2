import { newProofKey, type ProofKey } from './dpop.ts'

const store = 'keys'
const name = 'proof'

/** The key of this installation, made at first use. IndexedDB keeps it without ever showing its private half. */
export async function proofKey(): Promise<ProofKey> {
  const database = await open()
  try {
    const found = await settle<ProofKey | undefined>(database.transaction(store).objectStore(store).get(name))
    if (found) return found
    const made = await newProofKey()
    await settle(database.transaction(store, 'readwrite').objectStore(store).put(made, name))
    return made
  } finally {
    database.close()
  }
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('lockstep', 1)
  request.onupgradeneeded = () => request.result.createObjectStore(store)
  return settle(request)
}

function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('The key store could not be read.'))
  })
}
