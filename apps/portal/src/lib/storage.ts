/** JSON values by key. What cannot be kept in the browser's storage is kept in memory. */
export interface KeyValueStore {
  read(key: string): unknown;
  write(key: string, value: unknown): void;
  remove(key: string): void;
}

/** Runs what the browser may forbid; undefined where it does. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/**
 * A store over a web storage that may be blocked, full or hold what we did not write: inside a frame of another site
 * the very getter `window.sessionStorage` throws. None of that is an error here.
 *
 * @param getStorage reads the getter, so that its exception is caught too
 */
export function openStore(getStorage: () => Storage): KeyValueStore {
  const memory = new Map<string, unknown>();
  return {
    read(key) {
      if (memory.has(key)) return memory.get(key);
      return attempt(() => {
        const text = getStorage().getItem(key);
        return text === null ? undefined : (JSON.parse(text) as unknown);
      });
    },
    write(key, value) {
      memory.set(key, value);
      attempt(() => getStorage().setItem(key, JSON.stringify(value)));
    },
    remove(key) {
      memory.delete(key);
      attempt(() => getStorage().removeItem(key));
    },
  };
}
