// What the cache of verified tokens weighs: a process of its own, so that nothing else is on its heap.
//   node --expose-gc bench/memory.js   prints the bytes for one entry, with the token's text and its payload
import { createVerifier } from "@hallpass/tokens";
import { createCorpus } from "./corpus.js";

const ENTRIES = 4000;

const corpus = await createCorpus(ENTRIES);
const verifier = createVerifier({
  issuer: corpus.issuer.issuer,
  audience: corpus.issuer.audience,
  keys: corpus.issuer.keys(),
  // Large enough that all of them stay.
  cache: { maxEntries: 8 * ENTRIES },
});

function bytesInUse() {
  for (let round = 0; round < 4; round += 1) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

for (let index = 0; index < 100; index += 1) await verifier.verify(corpus.valid[index].latin1Slice());
const before = bytesInUse();
for (let index = 100; index < ENTRIES; index += 1) await verifier.verify(corpus.valid[index].latin1Slice());
console.log(Math.round((bytesInUse() - before) / (ENTRIES - 100)));
// Still needed here, so that nothing was collected before it was weighed.
await verifier.verify(corpus.valid[0].latin1Slice());
await corpus.close();
