// Rounds by turns: what else the machine does falls on both sides alike.
import { SIDES } from "./packages.js";

/** Between two looks at the clock. */
const BATCH = 50;

/**
 * Operations per second of each side, a figure a round. A subject makes `batch(count)` of them, and
 * its `check(count)` throws where fewer have come out at the other end.
 */
export async function byTurns({ rounds, milliseconds }, subjects) {
  const rates = Object.fromEntries(SIDES.map((side) => [side, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const side of SIDES) {
      await pause();
      const rate = await measure(subjects[side], milliseconds);
      // The first one warms up.
      if (round > 0) rates[side].push(rate);
    }
  }
  return rates;
}

async function measure(subject, milliseconds) {
  const begun = performance.now();
  let count = 0;
  let passed = 0;
  while (passed < milliseconds) {
    await subject.batch(BATCH);
    count += BATCH;
    passed = performance.now() - begun;
  }
  subject.check(count);
  return (count / passed) * 1000;
}

/** Lets the page do what it has put off. */
function pause() {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

/** Throws where something was lost. */
export function expect(what, found, wanted) {
  if (found !== wanted) throw new Error(`${what}: ${found} and not ${wanted}`);
}
