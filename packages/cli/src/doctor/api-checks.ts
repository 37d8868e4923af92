import { type Answer, answered, ask } from "./ask.ts";
import { corsFound, namesIn, readableBy } from "./cors.ts";
import { type Finding, findingsOf } from "./finding.ts";
import { isLoopback, type Subject } from "./subject.ts";

const { ok, problem, warning, skipped } = findingsOf("api");

/** Whether the API asks for a token, lets the pages read its answers, and takes the token it is to take. */
export async function checkApi(subject: Subject): Promise<Finding[]> {
  const { api, appOrigin, token } = subject;
  if (api === undefined) return [skipped("api", "no address of the API was given")];
  const origin: Record<string, string> = appOrigin === undefined ? {} : { origin: appOrigin };
  const bare = await ask(api, { headers: { accept: "application/json", ...origin } });
  if (!answered(bare)) {
    return [
      problem("api_unreachable", {
        found: `${api.origin} ${bare.reason}`,
        expected: "an answer",
        fix: "Start the API, and check its address and port.",
      }),
    ];
  }
  const findings: Finding[] = [challengeFinding(api, bare)];
  if (appOrigin === undefined) findings.push(skipped("api_cors", "no address of the pages was given"));
  else if (appOrigin === api.origin) findings.push(ok("api_cors", "the pages and the API are one origin"));
  else findings.push(...(await corsFindings(api, appOrigin, bare)));
  if (token === undefined) findings.push(skipped("api_token", "no token was given"));
  else findings.push(await tokenFinding(api, token, origin));
  return findings;
}

function challengeFinding(api: URL, { status, headers, json }: Answer): Finding {
  const expected = "401 with WWW-Authenticate: Bearer, because no token was sent";
  const found = (what: string) => `${api.pathname} answers ${what} without a token`;
  if (status >= 300 && status < 400) {
    return problem("api_redirects", {
      found: found(`with a redirect (${status})`),
      expected,
      fix: "Answer 401 on the API's paths: a fetch follows the redirect and gets a web page. If it only adds a slash, call that address.",
    });
  }
  if (status === 401) {
    const challenge = headers.get("www-authenticate") ?? "";
    if (/^bearer\b/i.test(challenge)) return ok("api_challenge", "it asks for a Bearer token");
    return problem("challenge_missing", {
      found:
        challenge === ""
          ? "401 without WWW-Authenticate"
          : `401 with WWW-Authenticate: ${challenge.slice(0, 60)}`,
      expected: "WWW-Authenticate: Bearer (RFC 6750 section 3)",
      fix: "Send the header with the 401; the guards of @hallpass/api do.",
    });
  }
  if (status === 404 || status === 405) {
    return problem("api_path", {
      found: found(`with ${status}`),
      expected,
      fix: "Give the whole address of an endpoint that is protected and answers GET, for example http://localhost:4301/books.",
    });
  }
  if (status === 503) return unavailable(json, expected);
  if (status >= 500) {
    return problem("api_fails", {
      found: found(`with ${status}`),
      expected,
      fix: "Read the API's log: a missing token must be refused, not crash it.",
    });
  }
  if (status === 403) {
    return problem("api_forbids", {
      found: found("with 403"),
      expected,
      fix: "Answer 401 where the token is missing: 403 means a good token that may not do this.",
    });
  }
  if (status < 300) {
    return problem("api_open", {
      found: found(`with ${status}`),
      expected,
      fix: "Put the guard before this endpoint; if it is public on purpose, give the address of a protected one.",
    });
  }
  return problem("api_status", {
    found: found(`with ${status}`),
    expected,
    fix: "Answer 401 where the token is missing.",
  });
}

function unavailable(json: Answer["json"], expected: string): Finding {
  const keys = json?.code === "keys_unavailable";
  return problem(keys ? "api_keys" : "api_fails", {
    found: keys ? "the API cannot get the issuer's keys (503)" : "the API answers with 503",
    expected,
    fix: keys
      ? "Check from the API's machine that the issuer can be reached, and that the API's issuer is spelt like yours."
      : "Read the API's log.",
  });
}

async function corsFindings(api: URL, appOrigin: string, bare: Answer): Promise<Finding[]> {
  const preflight = await ask(api, {
    method: "OPTIONS",
    headers: {
      origin: appOrigin,
      "access-control-request-method": "GET",
      "access-control-request-headers": "authorization",
    },
  });
  const findings: Finding[] = [];
  const expected = `that pages of ${appOrigin} may call it with an Authorization header`;
  if (!answered(preflight)) {
    findings.push(
      problem("preflight", {
        found: `the API ${preflight.reason} when a browser asks before a call (OPTIONS)`,
        expected,
        fix: "Answer OPTIONS.",
      }),
    );
  } else if (preflight.status === 401 || preflight.status === 403) {
    findings.push(
      problem("preflight_guarded", {
        found: `it asks for a token when a browser asks before a call (OPTIONS, ${preflight.status})`,
        expected,
        fix: "Put the CORS middleware before the guard: such a request never carries a token.",
      }),
    );
  } else if (preflight.status >= 300 || !readableBy(preflight.headers, appOrigin)) {
    findings.push(
      problem("api_cors", {
        found: `OPTIONS answers ${preflight.status} with ${corsFound(preflight.headers)}`,
        expected,
        fix: `Allow the origin ${appOrigin} in the API's CORS settings, exactly so: no final slash.`,
      }),
    );
  } else if (!namesIn(preflight.headers, "access-control-allow-headers").includes("authorization")) {
    findings.push(
      problem("api_cors_header", {
        found: `Access-Control-Allow-Headers: ${preflight.headers.get("access-control-allow-headers")?.slice(0, 80) ?? "missing"}`,
        expected: "Authorization in it, by name: * does not cover it",
        fix: "Allow the header Authorization in the API's CORS settings.",
      }),
    );
  } else if (!readableBy(bare.headers, appOrigin)) {
    findings.push(
      problem("refusals_unreadable", {
        found: `a refusal with ${corsFound(bare.headers)}`,
        expected: "CORS headers on refusals too, or the page sees a network error instead of a 401",
        fix: "Put the CORS middleware before the guard.",
      }),
    );
  } else {
    findings.push(ok("api_cors", `pages of ${appOrigin} may call it`));
    if (!namesIn(bare.headers, "access-control-expose-headers").includes("www-authenticate")) {
      findings.push(
        warning("challenge_hidden", {
          found: "WWW-Authenticate is not among the headers that pages may read",
          expected: "Access-Control-Expose-Headers: WWW-Authenticate, Retry-After",
          fix: "Expose them, so that the page can say why it was refused.",
        }),
      );
    }
  }
  return findings;
}

async function tokenFinding(api: URL, token: string, origin: Record<string, string>): Promise<Finding> {
  if (api.protocol !== "https:" && !isLoopback(api)) {
    return skipped("api_token", "the token is not sent over http to another machine");
  }
  const answer = await ask(api, {
    headers: { accept: "application/json", authorization: `Bearer ${token}`, ...origin },
  });
  const expected = "that it takes the token";
  if (!answered(answer)) {
    return problem("api_unreachable", {
      found: `${api.origin} ${answer.reason}`,
      expected,
      fix: "Start the API.",
    });
  }
  const { status, json, headers } = answer;
  if (status < 300) return ok("api_token", "it takes the token");
  if (status === 503) return unavailable(json, expected);
  const reason = reasonOf(json, headers);
  if (status === 403)
    return ok("api_token", `it takes the token, which may not do this (403${reason ? `: ${reason}` : ""})`);
  if (status !== 401) {
    return problem("api_status", {
      found: `it answers ${status} to the token`,
      expected,
      fix: status >= 500 ? "Read the API's log." : "Give the address of an endpoint that answers GET.",
    });
  }
  const audience = /audience|\baud\b/i.test(`${json?.code} ${reason}`);
  const issuer = /issuer|\biss\b/i.test(`${json?.code} ${reason}`);
  return problem(audience ? "api_audience" : issuer ? "api_issuer" : "api_refuses", {
    found: `it refuses the token${reason ? `: ${reason}` : ", and does not say why"}`,
    expected,
    fix: audience
      ? "Configure the same audience in the API as the pages ask for, letter by letter."
      : issuer
        ? "Configure the same issuer in the API as in the pages, with its final slash if it has one."
        : "Read the API's log; hallpass explain says what is wrong with the token itself.",
  });
}

/** What the API says about its refusal. */
function reasonOf(json: Answer["json"], headers: Headers): string {
  const inHeader = /error_description="([^"]*)"/.exec(headers.get("www-authenticate") ?? "")?.[1];
  const text = [json?.error_description, json?.message, json?.detail, inHeader].find(
    (value) => typeof value === "string" && value !== "",
  );
  return typeof text === "string" ? text.slice(0, 300) : "";
}
