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
  const refused = (name, tokens) => {
    const nextRefused = inTurn(tokens);
    return {
      name,
      group: "refusal",
      inFlight: 1,
      prepare: async () => {
        for (const token of tokens) {
          if ((await uncached.tryVerify(token.latin1Slice())).ok) throw new Error(`accepted: ${name}`);
        }
      },
      operation: () => uncached.tryVerify(nextRefused()),
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
    refused("Hallpass: expired", expired),
    refused("Hallpass: bad signature", badSignature),
    refused("Hallpass: unknown key", unknownKey),
  ];
}
