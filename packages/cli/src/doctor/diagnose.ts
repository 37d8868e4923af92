import { checkApi } from "./api-checks.ts";
import { checkApplication } from "./application-checks.ts";
import { checkBrowser } from "./browser-checks.ts";
import type { Finding } from "./finding.ts";
import { checkIssuer } from "./issuer-checks.ts";
import type { Subject } from "./subject.ts";
import { checkToken } from "./token-checks.ts";

/**
 * Looks at both halves, the sign-in and the API, and at what lies between them. Asks only what anybody may ask, begins
 * no sign-in, and sends the token to the API alone.
 *
 * @param onPart is told what is looked at now, for people who wait
 */
export async function diagnose(
  subject: Subject,
  onPart: (text: string) => void = () => {},
): Promise<Finding[]> {
  onPart("the issuer");
  const { findings, facts } = await checkIssuer(subject);
  if (facts) {
    onPart("the application");
    findings.push(...(await checkApplication(subject, facts)));
  }
  findings.push(...checkBrowser(subject, facts?.issuer ?? subject.issuer));
  if (facts || subject.token === undefined) {
    onPart("the token");
    findings.push(...(await checkToken(subject)));
  }
  onPart("the API");
  findings.push(...(await checkApi(subject)));
  return findings;
}
