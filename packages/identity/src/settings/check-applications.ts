import type { z } from "zod";
import { isClientSecret, MOST_SECRETS } from "../credentials/client-secret.ts";
import { isConfidential, secretsOf } from "./application-settings.ts";
import { clientKeyProblem } from "./client-key.ts";
import type * as schema from "./config-schema.ts";
import { type AddressProblem, hasPrivateScheme, nativeAddressProblem } from "./settings-address.ts";
import type { SettingsProblem } from "./settings-error.ts";
import { described, pathText } from "./settings-problems.ts";

type Application = z.infer<typeof schema.application>;

/** What the members of an application say about each other: which of them its type may have, and in which form. */
export function applicationProblems(
  path: readonly PropertyKey[],
  application: Application,
): SettingsProblem[] {
  const at = (...names: PropertyKey[]) => [...path, ...names];
  return [
    ...clientIdProblems(at("clientId"), application),
    ...addressProblems(at, application),
    ...typeProblems(at, application),
    ...secretProblems(at, application),
    ...keyProblems(at("jwks"), application),
  ];
}

type At = (...names: PropertyKey[]) => readonly PropertyKey[];

function problemAt(path: readonly PropertyKey[], value: unknown, problem: AddressProblem): SettingsProblem {
  return { path: pathText(path), found: described(value, path), ...problem };
}

/** The `sub` of a machine's token is its client id, which must not be somebody's (RFC 9068 section 5). */
function clientIdProblems(path: readonly PropertyKey[], { clientId }: Application): SettingsProblem[] {
  if (!/^kp_[0-9a-f]{32}$/i.test(clientId)) return [];
  const problem = {
    expected: "an id that no user can have",
    fix: 'Users have ids of this form. Use an id like "bookstore-web".',
  };
  return [problemAt(path, clientId, problem)];
}

function addressProblems(at: At, application: Application): SettingsProblem[] {
  const { type, redirectUris = [] } = application;
  if (type === "machine") {
    return (["redirectUris", "postLogoutRedirectUris", "homeUri"] as const).flatMap((name) => {
      if (application[name] === undefined) return [];
      const problem = {
        expected: "nothing, because nobody signs in to a machine",
        fix: `Remove "${name}", or change the type.`,
      };
      return [problemAt(at(name), application[name], problem)];
    });
  }
  if (redirectUris.length === 0) {
    const example = type === "native" ? "com.example.app:/callback" : "http://localhost:4302";
    return [
      {
        path: pathText(at("redirectUris")),
        found: "no address",
        expected: "at least one address to return to after sign-in",
        fix: `Add the address of your application, for example "${example}".`,
      },
    ];
  }
  return (["redirectUris", "postLogoutRedirectUris"] as const).flatMap((name) =>
    (application[name] ?? []).flatMap((uri, index) => {
      const problem = type === "native" ? nativeAddressProblem(uri) : webOnlyProblem(uri);
      return problem ? [problemAt(at(name, index), uri, problem)] : [];
    }),
  );
}

function webOnlyProblem(uri: string): AddressProblem | null {
  if (!hasPrivateScheme(uri)) return null;
  return {
    expected: "a URL that begins with https:// or http://",
    fix: 'Only an application of the type "native" has a scheme of its own.',
  };
}

function typeProblems(at: At, application: Application): SettingsProblem[] {
  const { type, confidential, pkce, apis } = application;
  const problems: SettingsProblem[] = [];
  if (type === "spa" || type === "native") {
    const given = (["secret", "secrets", "jwks", "confidential"] as const).filter(
      (name) => name in application && application[name] !== false,
    );
    const where = type === "spa" ? "runs in the browser" : "is on other people's machines";
    for (const name of given) {
      problems.push(
        problemAt(at(name), application[name], {
          expected: `nothing, because an application of the type "${type}" ${where} and keeps no secret`,
          fix: `Remove "${name}", or use the type "web" for an application with a server.`,
        }),
      );
    }
    if (given.length > 0) return problems;
  }
  const hasCredentials = secretsOf(application).length > 0 || application.jwks !== undefined;
  if (confidential === false && (type === "machine" || hasCredentials)) {
    problems.push(
      problemAt(at("confidential"), confidential, {
        expected: `true, because ${type === "machine" ? "a machine" : "an application with a secret or keys"} has to authenticate`,
        fix: 'Remove "confidential".',
      }),
    );
    return problems;
  }
  const confidentialOnly = (name: "pkce" | "apis", what: string) => {
    problems.push(
      problemAt(at(name), application[name], {
        expected: `nothing: ${what} is for applications that authenticate`,
        fix:
          type === "web"
            ? 'Add "secret", "jwks" or confidential: true.'
            : `Remove "${name}", or use the type "web" or "machine".`,
      }),
    );
  };
  if (pkce === "optional" && (type !== "web" || !isConfidential(application))) {
    confidentialOnly("pkce", "a sign-in without PKCE");
  }
  if (apis !== undefined && !isConfidential(application)) {
    confidentialOnly("apis", "a token in the application's own name");
  }
  return problems;
}

const SECRET_RULE = {
  expected: "40 to 60 random letters and digits",
  fix: "Make one with: openssl rand -base64 48 | tr -dc 'a-zA-Z0-9' | cut -c -48",
};

function secretProblems(at: At, application: Application): SettingsProblem[] {
  const { secrets = [] } = application;
  const entries: [readonly PropertyKey[], string | undefined][] = secrets.map((secret, index) => [
    at("secrets", index),
    secret,
  ]);
  // `secret: process.env.NAME` without that variable is a mistake, and no application without a secret.
  if ("secret" in application) entries.unshift([at("secret"), application.secret]);
  const problems = entries.flatMap(([path, secret]) => {
    if (secret === undefined) {
      const fix = "Set the environment variable that it is read from, or remove the setting.";
      return [problemAt(path, secret, { ...SECRET_RULE, fix })];
    }
    return isClientSecret(secret) ? [] : [problemAt(path, secret, SECRET_RULE)];
  });
  if (entries.length > MOST_SECRETS) {
    problems.push({
      path: pathText(at("secrets")),
      found: `${entries.length} secrets`,
      expected: `at most ${MOST_SECRETS}: one, and the one that replaces it`,
      fix: "Remove the oldest.",
    });
  }
  if (new Set(secretsOf(application)).size < secretsOf(application).length) {
    problems.push({
      path: pathText(at("secrets")),
      found: "the same secret twice",
      expected: "different secrets",
      fix: "Remove one of them.",
    });
  }
  return problems;
}

function keyProblems(path: readonly PropertyKey[], application: Application): SettingsProblem[] {
  const { jwks } = application;
  if (jwks === undefined) return [];
  if (secretsOf(application).length > 0) {
    const problem = {
      expected: "either keys or a secret",
      fix: 'Remove "secret", or "jwks": an application authenticates in one way.',
    };
    return [problemAt(path, jwks, problem)];
  }
  const keys = [...path, "keys"];
  if (jwks.keys.length === 0) {
    return [
      problemAt(keys, jwks.keys, { expected: "at least one public key", fix: "Add the application's key." }),
    ];
  }
  const ids = jwks.keys.map(({ kid }) => kid);
  return jwks.keys.flatMap((key, index) => {
    const problem = clientKeyProblem(key);
    if (problem) return [problemAt([...keys, index], key, problem)];
    const twin = ids.indexOf(key.kid) !== index;
    const unnamed = ids.length > 1 && typeof key.kid !== "string";
    if (!twin && !unnamed) return [];
    const rule = {
      expected: 'a "kid" that no other key has',
      fix: "With several keys an assertion has to say which one it was signed with.",
    };
    return [problemAt([...keys, index], key, rule)];
  });
}
