import { type Answer, answered, ask, type NoAnswer } from "./ask.ts";
import { corsFound, readableBy } from "./cors.ts";
import { type Finding, findingsOf } from "./finding.ts";
import { isLoopback, parseUrl, type Subject } from "./subject.ts";

const { ok, problem, warning } = findingsOf("issuer");

/** Seconds by which two clocks may differ before a fresh token looks too old or too young. */
const MOST_SKEW = 30;

/** What the issuer says about itself, as far as the later checks need it. */
export interface IssuerFacts {
  /** What a token's `iss` has to be. */
  readonly issuer: string;
  readonly authorizationEndpoint: URL | undefined;
  readonly tokenEndpoint: URL | undefined;
  readonly endSessionEndpoint: URL | undefined;
}

/** Whether the issuer can be reached, is who it is taken for, and does what a sign-in needs. */
export async function checkIssuer(
  subject: Subject,
): Promise<{ findings: Finding[]; facts: IssuerFacts | undefined }> {
  const base = baseOf(subject.issuer);
  if (typeof base !== "string") return { findings: [base], facts: undefined };
  const address = new URL(`${base}/.well-known/openid-configuration`);
  const answer = await ask(address, subject.appOrigin ? { headers: { origin: subject.appOrigin } } : {});
  const unreachable = whyNoDocument(answer, address, subject.issuer);
  if (unreachable) return { findings: [unreachable], facts: undefined };

  const { json = {}, headers } = answer as Answer;
  const findings: Finding[] = [ok("discovery", `${address.href} answers`)];
  findings.push(nameFinding(subject.issuer, base, json.issuer));
  const skew = skewFinding(headers);
  if (skew) findings.push(skew);
  if (subject.appOrigin && !readableBy(headers, subject.appOrigin)) {
    findings.push(
      problem("discovery_cors", {
        found: `the discovery document with ${corsFound(headers)}`,
        expected: `that pages of ${subject.appOrigin} may read it`,
        fix: `Add ${subject.appOrigin} to the origins that the issuer allows (CORS).`,
      }),
    );
  }
  findings.push(...abilities(json));
  findings.push(...(await keyFindings(json.jwks_uri)));
  const issuer = typeof json.issuer === "string" ? json.issuer : subject.issuer;
  return {
    findings,
    facts: {
      issuer,
      authorizationEndpoint: endpoint(json.authorization_endpoint),
      tokenEndpoint: endpoint(json.token_endpoint),
      endSessionEndpoint: endpoint(json.end_session_endpoint),
    },
  };
}

/** The address without its final slash, or what is wrong with it. */
function baseOf(issuer: string): string | Finding {
  const suffix = "/.well-known/openid-configuration";
  const text = issuer.endsWith(suffix) ? issuer.slice(0, -suffix.length) : issuer;
  const bare = !/^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const guess = parseUrl(`https://${text}`);
  const url = bare && guess ? parseUrl(`${isLoopback(guess) ? "http" : "https"}://${text}`) : parseUrl(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) {
    return problem("issuer_address", {
      found: `'${issuer.slice(0, 100)}' as the issuer`,
      expected: "the issuer's address",
      fix: "Give the address alone, for example https://yourapp.kinde.com.",
    });
  }
  if (url.protocol === "http:" && !isLoopback(url)) {
    return problem("issuer_insecure", {
      found: `the issuer ${url.origin}`,
      expected: "https; http is for this machine alone",
      fix: `Use https://${url.host}, or put a certificate on it first.`,
    });
  }
  return url.href.replace(/\/+$/, "");
}

const fixes: Record<NoAnswer["kind"], string> = {
  name: "Check the spelling of the issuer.",
  refused: "Start it, or check the port.",
  certificate: "Put a certificate on it that browsers trust; for one of your own set NODE_EXTRA_CA_CERTS.",
  time: "Check that it is up, and that no firewall is in between.",
  other: "Check that it is up and that this is its address.",
};

function whyNoDocument(answer: Answer | NoAnswer, address: URL, issuer: string): Finding | undefined {
  const expected = "the discovery document of an OpenID Connect issuer";
  const fail = (found: string, fix: string) => problem("discovery", { found, expected, fix });
  if (!answered(answer)) return fail(`${address.origin} ${answer.reason}`, fixes[answer.kind]);
  if (answer.status >= 300 && answer.status < 400) {
    const target = parseUrl(answer.headers.get("location") ?? "", address.href);
    return fail(
      `${address.href} redirects to ${target?.origin ?? "nowhere"}`,
      target && target.origin !== address.origin
        ? `Configure ${target.origin}, if that is your issuer's address.`
        : "Check the issuer's address.",
    );
  }
  if (answer.status !== 200) {
    return fail(
      `${address.href} answers with status ${answer.status}`,
      new URL(address).pathname === "/.well-known/openid-configuration"
        ? "Check the address: some issuers have a path, such as /realms/NAME or /oauth2/default."
        : `Check the path of ${issuer.slice(0, 100)}.`,
    );
  }
  if (!answer.json)
    return fail(
      `${address.href} answers with something that is not JSON`,
      "Check the address: this is no issuer, or a page stands before it.",
    );
  return undefined;
}

function nameFinding(configured: string, base: string, stated: unknown): Finding {
  if (typeof stated !== "string") {
    return problem("issuer_name", {
      found: "a discovery document without issuer",
      expected: "the issuer's name, which tokens carry as iss",
      fix: "Mend the issuer: OpenID Connect Discovery requires it.",
    });
  }
  if (stated.replace(/\/$/, "") === base) {
    const slash = stated !== configured && stated.endsWith("/") !== configured.endsWith("/");
    return ok(
      "issuer_name",
      `it calls itself ${stated}${slash ? ", which is the name that tokens carry" : ""}`,
    );
  }
  return problem("issuer_name", {
    found: `${base} calls itself ${stated.slice(0, 100)}`,
    expected: "the same name as configured",
    fix: `Configure ${stated.slice(0, 100)} in the pages and in the API, if that is yours: a custom domain changes the issuer's name.`,
  });
}

function skewFinding(headers: Headers): Finding | undefined {
  const time = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(time)) return undefined;
  const seconds = Math.round((Date.now() - time) / 1000);
  if (Math.abs(seconds) <= MOST_SKEW) return ok("clock", "this machine's clock and the issuer's agree");
  return problem("clock", {
    found: `this machine's clock is ${Math.abs(seconds)} seconds ${seconds > 0 ? "ahead of" : "behind"} the issuer's`,
    expected: `at most ${MOST_SKEW} seconds`,
    fix: "Set the clock by NTP, on the machine of the API too.",
  });
}

function abilities(document: Readonly<Record<string, unknown>>): Finding[] {
  const lists = (name: string) =>
    Array.isArray(document[name]) ? (document[name] as unknown[]).map(String) : undefined;
  const findings: Finding[] = [];
  const methods = lists("code_challenge_methods_supported");
  if (methods && !methods.includes("S256")) {
    findings.push(
      problem("pkce", {
        found: `PKCE methods: ${methods.join(", ").slice(0, 80) || "none"}`,
        expected: "S256",
        fix: "Switch PKCE with S256 on at the issuer.",
      }),
    );
  }
  const types = lists("response_types_supported");
  if (types && !types.includes("code")) {
    findings.push(
      problem("code_flow", {
        found: `response types: ${types.join(", ").slice(0, 80)}`,
        expected: "code",
        fix: "Switch the authorization code flow on at the issuer.",
      }),
    );
  }
  const grants = lists("grant_types_supported");
  const scopes = lists("scopes_supported");
  const offline = scopes?.some((scope) => scope === "offline" || scope === "offline_access");
  if ((grants && !grants.includes("refresh_token")) || offline === false) {
    findings.push(
      warning("refresh_tokens", {
        found:
          grants?.includes("refresh_token") === false
            ? "no grant type refresh_token"
            : "no scope offline_access",
        expected: "refresh tokens, so that nobody is signed out when an access token expires",
        fix: "Switch refresh tokens on for this application at the issuer, and ask for the scope offline_access.",
      }),
    );
  } else if (grants || scopes) findings.push(ok("refresh_tokens", "the issuer gives refresh tokens"));
  return findings;
}

async function keyFindings(jwksUri: unknown): Promise<Finding[]> {
  const url = endpoint(jwksUri);
  const expected = "the issuer's public keys";
  if (!url) {
    return [
      problem("keys", {
        found: "no jwks_uri that is a safe address",
        expected,
        fix: "Mend the issuer's discovery document.",
      }),
    ];
  }
  const answer = await ask(url);
  if (!answered(answer)) {
    return [problem("keys", { found: `${url.href} ${answer.reason}`, expected, fix: fixes[answer.kind] })];
  }
  const keys = answer.json?.keys;
  if (answer.status !== 200 || !Array.isArray(keys)) {
    return [
      problem("keys", {
        found: `${url.href} answers with status ${answer.status}${answer.json ? "" : " and no JSON"}`,
        expected,
        fix: "Check that the issuer is up; without its keys every API answers 503.",
      }),
    ];
  }
  return [judgeKeys(keys as Record<string, unknown>[])];
}

function judgeKeys(keys: readonly Record<string, unknown>[]): Finding {
  const signing = keys.filter((key) => key?.use !== "enc" && ["RSA", "EC", "OKP"].includes(String(key?.kty)));
  if (signing.length === 0) {
    return problem("keys", {
      found: `${keys.length} keys, none of which can check a signature`,
      expected: "an RSA, EC or Ed25519 public key",
      fix: "Have the issuer sign with RS256: keys of other kinds are no use to an API.",
    });
  }
  const rs256 = signing.some((key) => key.kty === "RSA" && (key.alg === undefined || key.alg === "RS256"));
  const algorithms = [...new Set(signing.map((key) => String(key.alg ?? key.crv ?? key.kty)))].join(", ");
  if (rs256)
    return ok("keys", `${signing.length === 1 ? "1 key" : `${signing.length} keys`} (${algorithms})`);
  return problem("algorithm", {
    found: `keys for ${algorithms.slice(0, 80)} only`,
    expected: "a key for RS256, the one algorithm that is accepted by default",
    fix: `Have the issuer sign with RS256, or allow its algorithm in the API: algorithms: ["${String(signing[0]?.alg ?? "ES256")}"].`,
  });
}

/** An endpoint that may be asked: https, or this machine. */
function endpoint(value: unknown): URL | undefined {
  const url = typeof value === "string" ? parseUrl(value) : null;
  return url && (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url)))
    ? url
    : undefined;
}
