/** A web storage in memory. */
export function fakeStorage(): Storage {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    clear: () => items.clear(),
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

/** What `window.sessionStorage` is in a frame of another site with storage blocked. */
export function blockedStorage(): never {
  throw new DOMException('Access is denied for this document.', 'SecurityError');
}
