/** Milliseconds for which anything is waited for that has to be loaded or asked for. */
const DEADLINE = 3000;

/** A part of the verifier that is loaded when it is first needed, so that a page that never needs it does without. */
export interface OnDemand<Part> {
  /** The part, as soon as it is there. */
  loaded: Part | undefined;
  /** Loads it, or joins the load under way. Never rejects; gives nothing when it cannot be had now. */
  load(): Promise<Part | undefined>;
}

/** @param fetchPart an `import()`; tried again with the next need after it has failed */
export function onDemand<Part>(fetchPart: () => Promise<Part>): OnDemand<Part> {
  let pending: Promise<Part | undefined> | undefined;
  const part: OnDemand<Part> = {
    loaded: undefined,
    load: () =>
      (pending ??= inTime(fetchPart).then(
        (loaded) => (part.loaded = loaded),
        () => (pending = undefined),
      )),
  };
  return part;
}

/** What `work` gives; rejects when it throws, rejects or takes more than three seconds. */
export function inTime<T>(work: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, DEADLINE);
    Promise.resolve()
      .then(work)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}
