import { audience } from "./checks/audience.ts";
import type { Examination } from "./checks/check.ts";
import { form } from "./checks/form.ts";
import { issuer } from "./checks/issuer.ts";
import { explain } from "./explain.ts";
import type { Explanation } from "./explanation.ts";
import { settingsWithoutIssuer } from "./settings.ts";

/** What {@link explainUnverified} takes. */
export interface UnverifiedOptions {
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
}

/**
 * Says of a token what can be said without knowing whose tokens are accepted: its form, algorithm, type and times. The
 * issuer, the audience and the signature are **not** checked, and nothing is fetched or sent. Never throws.
 */
export async function explainUnverified(jwt: string, options: UnverifiedOptions = {}): Promise<Explanation> {
  const settings = settingsWithoutIssuer(options.clock ?? Date.now);
  const { checks } = await explain(jwt, settings);
  const examination: Examination = { jwt, settings };
  const isReadable = form.run(examination, settings.now()) === undefined;
  return {
    ok: false,
    unverified: true,
    checks: checks.map((check) => {
      const { found } = [issuer, audience].find(({ name }) => name === check.check) ?? {};
      if (!isReadable || found === undefined) return check;
      return { ...check, message: `not checked; the token says ${found(examination, settings.now())}` };
    }),
  };
}
