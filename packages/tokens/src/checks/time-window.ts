import { claimOf, type Examination } from "./check.ts";

/**
 * From when until when the checks of `time.ts` pass, in whole seconds since 1970, rather too short than too long. For a
 * token that has passed them: used again, it need not be asked anew as long as the clock is within. Outside, they decide.
 */
export function timeWindow(examination: Examination): { from: number; until: number } {
  const { clockTolerance, maxTokenAge } = examination.settings;
  const claim = (name: string): number => claimOf(examination, name) as number;
  let from = claim("nbf") ?? 0;
  let until = claim("exp");
  if (maxTokenAge !== undefined) {
    const iat = claim("iat");
    from = Math.max(from, iat);
    until = Math.min(until, iat + maxTokenAge);
  }
  return { from: Math.max(0, Math.ceil(from - clockTolerance)), until: Math.floor(until + clockTolerance) };
}
