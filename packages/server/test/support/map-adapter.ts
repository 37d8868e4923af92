import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";

/** A memory for oidc-provider that forgets nothing: its own keeps a thousand things. */
export function mapAdapter(): AdapterFactory {
  const kept = new Map<string, AdapterPayload>();
  const byUid = new Map<string, AdapterPayload>();
  return (model): Adapter => {
    return {
      upsert: async (id, payload) => {
        kept.set(`${model}:${id}`, payload);
        if (payload.uid !== undefined) byUid.set(`${model}:${payload.uid}`, payload);
      },
      find: async (id) => kept.get(`${model}:${id}`),
      findByUid: async (uid) => byUid.get(`${model}:${uid}`),
      // Nobody types a code into a device here.
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const payload = kept.get(`${model}:${id}`);
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => void kept.delete(`${model}:${id}`),
      revokeByGrantId: async (grantId) => {
        for (const [key, payload] of kept) if (payload.grantId === grantId) kept.delete(key);
      },
    };
  };
}
