import type { AllClaimReaders, AuthClient, AuthClientOptions } from "./auth-client.ts";
import { AuthError, isAuthError, notSignedIn } from "./auth-error.ts";
import { type Callback, takeCallback } from "./callback.ts";
import type { Engine } from "./engine.ts";
import { noClaims } from "./no-claims.ts";
import { settingsOf } from "./options.ts";
import { createStatus } from "./status.ts";
import { localValue } from "./storage/stored-value.ts";

const ignore = (): void => {};

/**
 * Makes the client of a page. Nothing happens, and nothing of the browser is touched, before `start`. The protocol is
 * loaded when someone signs in, comes back from it, or was signed in before: who only looks around never loads it.
 *
 * @throws {AuthError} `option_invalid`
 */
export function createAuthClient(options: AuthClientOptions): AuthClient {
  const settings = settingsOf(options);
  const status = createStatus();
  const marker = localValue(settings.name);
  let readers = noClaims;
  let loading: Promise<Engine> | undefined;
  let ready: Promise<void> | undefined;
  let starts = 0;
  let stopWatching = ignore;

  function load(): Promise<Engine> {
    loading ??= loadEngine().catch((cause) => {
      loading = undefined;
      const error = isAuthError(cause)
        ? cause
        : new AuthError("issuer_unreachable", "a part of this page could not be loaded");
      status.set(status.get().status, status.get().user, error);
      throw error;
    });
    return loading;
  }

  async function loadEngine(): Promise<Engine> {
    const { createEngine } = await import("./engine.ts");
    const onClaims = (current = noClaims): void => {
      readers = current;
    };
    const engine = await createEngine({ settings, status, marker, onClaims });
    if (starts) engine.resume();
    return engine;
  }

  async function restore(callback?: Callback): Promise<void> {
    if (callback || marker.get() !== null) await (await load()).restore(callback);
    else status.set("signed-out", null);
  }

  /** Once for a page, whoever asks first. */
  function begin(): Promise<void> {
    ready ??= restore(takeCallback(settings)).catch((error) =>
      status.set(marker.get() === null ? "signed-out" : "offline", null, error),
    );
    return ready;
  }

  /** The page is looked at again, the network is back, or another tab did something. */
  async function wake(event: Event): Promise<void> {
    if (document.visibilityState === "hidden" && event.type !== "storage") return;
    await ready;
    if (loading) (await loading).wake(event);
    else if (marker.get() !== null) await restore();
  }

  function start(): () => void {
    if (typeof document === "undefined") return ignore;
    if (!starts++) {
      const end = new AbortController();
      const listen = (target: EventTarget, type: string): void =>
        target.addEventListener(type, (event) => void wake(event).catch(ignore), end);
      for (const type of ["storage", "online", "pageshow"]) listen(window, type);
      listen(document, "visibilitychange");
      loading?.then((engine) => engine.resume(), ignore);
      stopWatching = () => {
        end.abort();
        loading?.then((engine) => engine.pause(), ignore);
      };
    }
    void begin();
    let stop = (): void => {
      stop = ignore;
      if (!--starts) stopWatching();
    };
    return () => stop();
  }

  async function signedIn(): Promise<Engine> {
    if (typeof document !== "undefined") await begin();
    if (loading) return loading;
    throw notSignedIn();
  }

  return {
    ...forwarded(Object.keys(noClaims) as (keyof AllClaimReaders)[], () => readers),
    start,
    subscribe: status.subscribe,
    getState: status.get,
    ...forwarded(["login", "register", "createOrg", "switchOrg", "logout"], load),
    ...forwarded(["getToken", "getIdToken"], signedIn),
  };
}

type Functions<Name extends string> = Record<Name, (...args: never[]) => unknown>;

/** Functions that keep their identity, while what they are functions of changes, or is yet to be loaded. */
function forwarded<Name extends string, To extends Functions<Name>>(
  names: readonly Name[],
  target: () => To | Promise<To>,
): Pick<To, Name> {
  const forward = (name: Name) => {
    return (...args: never[]) => {
      const to = target();
      return to instanceof Promise ? to.then((loaded) => loaded[name](...args)) : to[name](...args);
    };
  };
  return Object.fromEntries(names.map((name) => [name, forward(name)])) as Pick<To, Name>;
}
