import { createVerifier } from "@hallpass/tokens";
import { inTurn } from "../corpus.js";

export function hallpass({ issuer, valid, expired, badSignature, unknownKey }) {
  const settings = { issuer: issuer.issuer, audience: issuer.audience };
  const uncached = createVerifier({ ...settings, cache: false });
  const next = inTurn(valid);
  const cached = (name, tokens) => {
    const verifier = createVerifier({ ...settings, cache: { maxEntries: 20_000 } });
    const nextCached = inTurn(tokens);
    return {
      name,
      group: "cache",
      inFlight: 1,
      prepare: async () => {
        for (const token of tokens) await verifier.verify(token.latin1Slice());
      },
      operation: () => verifier.verify(nextCached()),
    };
  };
  // An unknown key is refused for good only after the issuer was asked, at most once in five seconds; until then the answer
  // is "not now". With keys given as data it is refused each time.
  const offline = createVerifier({ ...settings, keys: issuer.keys(), cache: false });
  const refused = (name, code, tokens, verifier = uncached) => {
    const nextRefused = inTurn(tokens);
    return {
      name,
      group: "refusal",
      inFlight: 1,
      prepare: async () => {
        for (const [index, token] of tokens.entries()) {
          const { error } = await verifier.tryVerify(token.latin1Slice());
          if (index > 0 && error?.code !== code) throw new Error(`${name}: ${error?.code ?? "accepted"}`);
        }
      },
      operation: () => verifier.tryVerify(nextRefused()),
    };
  };
  return [
    { name: "Hallpass", group: "whole", inFlight: 1, operation: () => uncached.verify(next()) },
    {
      name: "Hallpass, 64 in flight",
      group: "whole",
      inFlight: 64,
      operation: () => uncached.verify(next()),
    },
    cached("Hallpass, 100 tokens again and again", valid.slice(0, 100)),
    cached("Hallpass, 10,000 tokens in turn", valid),
    refused("Hallpass: expired", "token_expired", expired),
    refused("Hallpass: bad signature", "signature_invalid", badSignature),
    refused("Hallpass: unknown key", "key_unknown", unknownKey, offline),
    refused("Hallpass: unknown key, put off as keys were just fetched", "keys_unavailable", unknownKey),
  ];
}
