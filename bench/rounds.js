// Interleaved short rounds: what disturbs the machine for a moment disturbs every case alike, and a ratio to a case of
// the same round means more than any absolute figure.

import process from "node:process";

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {"whole" | "cache" | "refusal"} group
 * @property {() => unknown} [prepare] run once, before anything is measured
 * @property {() => unknown} operation one verification; may return a promise
 * @property {number} [inFlight] how many are awaited at once; 0 (default): a synchronous operation, nothing is awaited
 */

/** How often a measurement is made again because other programs took the processor away in the middle of it. */
const ATTEMPTS = 6;
/** Times that the processor may be taken away during one measurement. */
const CALM = 3;

/** Operations a second, in the calmest of a few attempts. @param {Case} case_ @param {number} milliseconds */
async function measure(case_, milliseconds) {
  let calmest = { rate: 0, interruptions: Number.POSITIVE_INFINITY };
  for (let attempt = 0; attempt < ATTEMPTS && calmest.interruptions > CALM; attempt += 1) {
    const before = process.resourceUsage().involuntaryContextSwitches;
    const rate = await rateOf(case_, milliseconds);
    const interruptions = process.resourceUsage().involuntaryContextSwitches - before;
    if (interruptions < calmest.interruptions) calmest = { rate, interruptions };
  }
  return calmest.rate;
}

/** @param {Case} case_ @param {number} milliseconds */
async function rateOf({ operation, inFlight = 0 }, milliseconds) {
  const start = performance.now();
  const end = start + milliseconds;
  let operations = 0;
  do {
    if (inFlight === 0) for (let index = 0; index < 16; index += 1) operation();
    else if (inFlight === 1) for (let index = 0; index < 16; index += 1) await operation();
    else await Promise.all(Array.from({ length: inFlight }, operation));
    operations += inFlight > 1 ? inFlight : 16;
  } while (performance.now() < end);
  return (operations / (performance.now() - start)) * 1000;
}

/**
 * Runs all cases in each round, in the opposite order every second round.
 * @param {readonly Case[]} cases the first is the one that the others are compared with
 * @param {{ rounds: number, milliseconds: number, onRound?: (round: number) => void }} options milliseconds: of one case in one round
 * @returns {Promise<{ name: string, group: string, perSecond: number, ratio: number, low: number, high: number }[]>} medians over the
 *   rounds; low and high: the tenth and the ninetieth percentile of the ratio
 */
export async function compare(cases, { rounds, milliseconds, onRound = () => {} }) {
  const rates = new Map(cases.map((case_) => [case_, []]));
  // The first round compiles the code and is not counted.
  for (let round = -1; round < rounds; round += 1) {
    onRound(round + 1);
    for (const case_ of round % 2 === 0 ? cases : cases.toReversed()) {
      const rate = await measure(case_, milliseconds);
      if (round >= 0) rates.get(case_).push(rate);
    }
  }
  const reference = rates.get(cases[0]);
  return cases.map((case_) => {
    const ratios = rates.get(case_).map((rate, round) => rate / reference[round]);
    return {
      name: case_.name,
      group: case_.group,
      perSecond: quantile(rates.get(case_), 0.5),
      ratio: quantile(ratios, 0.5),
      low: quantile(ratios, 0.1),
      high: quantile(ratios, 0.9),
    };
  });
}

/** @param {readonly number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.round((sorted.length - 1) * share)];
}
