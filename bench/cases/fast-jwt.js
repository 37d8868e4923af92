import { inTurn } from "../corpus.js";

export async function fastJwt({ issuer, valid, expired, badSignature, publicKey }) {
  const { createVerifier } = await import("fast-jwt");
  const { default: buildGetJwks } = await import("get-jwks");
  const checks = { algorithms: ["RS256"], allowedIss: issuer.issuer, allowedAud: issuer.audience };
  const settings = { ...checks, key: publicKey.export({ type: "spki", format: "pem" }) };
  const uncached = createVerifier({ ...settings, cache: false });
  const next = inTurn(valid);

  const getJwks = buildGetJwks({ issuersWhitelist: [issuer.issuer] });
  const withJwks = createVerifier({
    ...checks,
    cache: false,
    key: ({ header }) => getJwks.getPublicKey({ kid: header.kid, alg: header.alg, domain: issuer.issuer }),
  });
  const cached = (name, tokens) => {
    const verify = createVerifier({ ...settings, cache: 20_000 });
    const nextCached = inTurn(tokens);
    return {
      name,
      group: "cache",
      prepare: () => {
        for (const token of tokens) verify(token.latin1Slice());
      },
      operation: () => verify(nextCached()),
    };
  };
  const refused = (name, tokens) => {
    const nextRefused = inTurn(tokens);
    return {
      name,
      group: "refusal",
      operation: () => {
        try {
          uncached(nextRefused());
        } catch {
          return;
        }
        throw new Error(`accepted: ${name}`);
      },
    };
  };
  return [
    { name: "fast-jwt, one fixed PEM", group: "whole", operation: () => uncached(next()) },
    { name: "fast-jwt with get-jwks", group: "whole", inFlight: 1, operation: () => withJwks(next()) },
    cached("fast-jwt, 100 tokens again and again", valid.slice(0, 100)),
    cached("fast-jwt, 10,000 tokens in turn", valid),
    refused("fast-jwt: expired", expired),
    refused("fast-jwt: bad signature", badSignature),
  ];
}
