import type { Adapter, AdapterPayload } from 'oidc-provider'
import { oauthKeys } from './keys.ts'
import type { OauthOptions } from './provider.ts'

/** A provider that remembers in memory alone: for tests. */
export const testOauth = (): Pick<OauthOptions, 'keys' | 'adapter' | 'programs'> => ({
  keys: oauthKeys(new Uint8Array(32).fill(7), new Uint8Array(32).fill(8)),
  adapter: memoryAdapter(),
  programs: {
    seen: async () => undefined,
    ended: async () => undefined,
    repeated: async () => null,
    codeAsked: async () => undefined,
  },
})

function memoryAdapter(): (model: string) => Adapter {
  const entries = new Map<string, { model: string; payload: AdapterPayload }>()
  return (model) => {
    const key = (id: string) => `${model} ${id}`
    return {
      async upsert(id, payload) {
        entries.set(key(id), { model, payload: structuredClone(payload) })
      },
      find: async (id) => entries.get(key(id))?.payload,
      findByUid: async (uid) => [...entries.values()].find((e) => e.model === model && e.payload.uid === uid)?.payload,
      findByUserCode: async () => undefined,
      async consume(id) {
        const entry = entries.get(key(id))
        if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000)
      },
      async destroy(id) {
        entries.delete(key(id))
      },
      async revokeByGrantId(grantId) {
        for (const [id, { payload }] of entries) if (payload.grantId === grantId) entries.delete(id)
      },
    }
  }
}
