import { decodeText } from "#platform";
import { LONGEST_TOKEN, parseCompactJws } from "../compact-jws.ts";
import { words } from "../parts.ts";
import { refusal } from "../refusal.ts";
import { type Check, jwsOf } from "./check.ts";

/** Is it a signed JWT at all? */
export const form: Check = (examination) => {
  const { jwt } = examination;
  const parsed = parseCompactJws(jwt, examination.knownHeaders);
  if (typeof parsed !== "string") {
    examination.jws = parsed;
    return undefined;
  }
  // What was passed may be anything: it is described at once, so that the error holds the description and not the thing.
  const described = () => {
    const error =
      parsed === "token_too_large" ? refusal(parsed, jwt, LONGEST_TOKEN) : refusal(parsed, jwt, decodeText);
    return error.fix === "" ? undefined : error;
  };
  return words.loaded === undefined ? words.load().then(described) : described();
};

/** Does the header demand something that is not understood (RFC 7515 section 4.1.11)? Whatever changes how a token must be read is refused. */
export const criticalHeaders: Check = (examination) => {
  const { header } = jwsOf(examination);
  for (const name of ["crit", "b64", "zip"]) {
    if (Object.hasOwn(header, name)) return refusal("critical_header_unknown", name, header[name]);
  }
  return undefined;
};

/** Is the algorithm one that was configured? The token never decides (RFC 8725 section 3.1). */
export const algorithm: Check = (examination) => {
  const { alg } = jwsOf(examination).header;
  const { algorithms } = examination.settings;
  return algorithms.has(alg) ? undefined : refusal("algorithm_not_allowed", alg, algorithms);
};
