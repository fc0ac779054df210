import type { SharedStore } from '../../src/journal/shared-store.js';

/** The part of a store below a prefix: every race has one of its own, over one client. */
export function storeBelow(store: SharedStore, prefix: string): SharedStore {
  const at = (key: string): string => `${prefix}/${key}`;
  return {
    name: `${store.name}/${prefix}`,
    get: (key) => store.get(at(key)),
    getAll: (keys) => store.getAll(keys.map(at)),
    list: (start) => store.list(at(start)).map((key) => key.slice(prefix.length + 1)),
    create: (key, bytes) => store.create(at(key), bytes),
    put: (key, bytes) => store.put(at(key), bytes),
    replace: (key, etag, state) => store.replace(at(key), etag, state),
    lease: (key, etag, state, seconds) => store.lease(at(key), etag, state, seconds),
  };
}
