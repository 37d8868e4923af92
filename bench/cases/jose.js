import { inTurn } from "../corpus.js";

export async function jose({ issuer, valid, expired, badSignature }) {
  const { createRemoteJWKSet, jwtVerify } = await import("jose");
  const keys = createRemoteJWKSet(new URL(issuer.jwksUri));
  const checks = { issuer: issuer.issuer, audience: issuer.audience, algorithms: ["RS256"] };
  const next = inTurn(valid);
  const operation = () => jwtVerify(next(), keys, checks);
  const refused = (name, tokens) => {
    const nextRefused = inTurn(tokens);
    return {
      name,
      group: "refusal",
      inFlight: 1,
      operation: async () => {
        try {
          await jwtVerify(nextRefused(), keys, checks);
        } catch {
          return;
        }
        throw new Error(`accepted: ${name}`);
      },
    };
  };
  return [
    { name: "jose", group: "whole", inFlight: 1, operation },
    { name: "jose, 64 in flight", group: "whole", inFlight: 64, operation },
    refused("jose: expired", expired),
    refused("jose: bad signature", badSignature),
  ];
}
