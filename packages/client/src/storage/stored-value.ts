/** One entry of the browser's storage. Where the browser denies it, it is simply empty. */
export interface StoredValue {
  readonly key: string;
  get(): string | null;
  /** `null` removes it. */
  set(value: string | null): void;
}

/** An entry of localStorage: all tabs see it, and it stays. */
export const localValue = (key: string): StoredValue => storedValue(key, () => localStorage);

/** An entry of sessionStorage: this tab's alone. */
export const sessionValue = (key: string): StoredValue => storedValue(key, () => sessionStorage);

function storedValue(key: string, area: () => Storage): StoredValue {
  return {
    key,
    get() {
      try {
        return area().getItem(key);
      } catch {
        return null;
      }
    },
    set(value) {
      try {
        if (value === null) area().removeItem(key);
        else area().setItem(key, value);
      } catch {}
    },
  };
}
