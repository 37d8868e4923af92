// How often the cache hits when twice as many tokens are in use as it can hold.
import { createVerifier } from "@hallpass/tokens";

const CAPACITY = 1000;

/**
 * Counts hits through the public interface: a hit gives the very same object as before.
 * @param {Awaited<ReturnType<typeof import("./corpus.js").createCorpus>>} corpus with at least 2,000 valid tokens
 * @returns {Promise<{ inTurn: number, drifting: number }>} shares from 0 to 1
 */
export async function hitRates({ issuer, valid }) {
  const settings = {
    issuer: issuer.issuer,
    audience: issuer.audience,
    keys: issuer.keys(),
    cache: { maxEntries: CAPACITY },
  };
  const share = async (requests) => {
    const verifier = createVerifier(settings);
    const last = new Map();
    let hits = 0;
    for (const [at, index] of requests.entries()) {
      const token = await verifier.verify(valid[index].latin1Slice());
      if (last.get(index) === token && at >= requests.length / 2) hits += 1;
      last.set(index, token);
    }
    return hits / (requests.length / 2);
  };
  const inTurn = Array.from({ length: 8 * CAPACITY }, (_, at) => at % (2 * CAPACITY));
  // Half of the capacity is in use at a time, at random; every 50 requests one token goes and a new one comes.
  const drifting = Array.from(
    { length: 75 * CAPACITY },
    (_, at) => Math.floor(at / 50) + Math.floor(Math.random() * (CAPACITY / 2)),
  );
  return { inTurn: await share(inTurn), drifting: await share(drifting) };
}
