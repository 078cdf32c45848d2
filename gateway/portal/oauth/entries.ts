import type { Adapter, AdapterPayload } from 'oidc-provider'

/** What the provider stores, by model and id. Secrets in it are hashes or short-lived. */
export type OauthEntryStore = {
  put(entry: OauthEntry): Promise<void>
  find(model: string, id: string): Promise<OauthEntry | null>
  findByUid(model: string, uid: string): Promise<OauthEntry | null>
  remove(model: string, id: string): Promise<void>
  removeGrant(grantId: string): Promise<void>
}

export type OauthEntry = {
  model: string
  id: string
  payload: string
  grantId: string | null
  uid: string | null
  /** ms */
  endsAt: number | null
}

/** The provider's adapter for a model, on our store. */
export function adapterFactory(store: OauthEntryStore, now: () => number): (model: string) => Adapter {
  const read = (entry: OauthEntry | null): AdapterPayload | undefined => {
    if (!entry || (entry.endsAt !== null && entry.endsAt <= now())) return undefined
    return JSON.parse(entry.payload) as AdapterPayload
  }
  return (model) => ({
    async upsert(id, payload, expiresIn) {
      await store.put({
        model,
        id,
        payload: JSON.stringify(payload),
        grantId: payload.grantId ?? null,
        uid: payload.uid ?? null,
        endsAt: expiresIn > 0 ? now() + expiresIn * 1000 : null,
      })
    },
    find: async (id) => read(await store.find(model, id)),
    findByUid: async (uid) => read(await store.findByUid(model, uid)),
    // The device flow is not offered.
    findByUserCode: async () => undefined,
    async consume(id) {
      const entry = await store.find(model, id)
      if (!entry) return
      const payload = { ...(JSON.parse(entry.payload) as AdapterPayload), consumed: Math.floor(now() / 1000) }
      await store.put({ ...entry, payload: JSON.stringify(payload) })
    },
    destroy: (id) => store.remove(model, id),
    revokeByGrantId: (grantId) => store.removeGrant(grantId),
  })
}
