import type { OauthEntry, OauthEntryStore } from './entries.ts'

/** What the provider stores, in memory: for tests. */
export function memoryEntries(): OauthEntryStore {
  const entries = new Map<string, OauthEntry>()
  const key = (model: string, id: string) => `${model} ${id}`
  return {
    async put(entry) {
      entries.set(key(entry.model, entry.id), entry)
    },
    find: async (model, id) => entries.get(key(model, id)) ?? null,
    findByUid: async (model, uid) => [...entries.values()].find((e) => e.model === model && e.uid === uid) ?? null,
    async remove(model, id) {
      entries.delete(key(model, id))
    },
    async removeGrant(grantId) {
      for (const [id, entry] of entries) if (entry.grantId === grantId) entries.delete(id)
    },
  }
}
