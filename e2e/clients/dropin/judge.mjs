// Runs every case on both packages and says what is wrong. A case that is kept has the same trace on
// both; one that is mended says why, and which trace each has. Node and browsers alike run this.
import { Harness, turn } from "./harness.mjs";

const GROUPS = [
  "constructor-errors", "send-errors", "event-order", "candidate-buffering", "open-close-races",
  "hostile-frames", "calls-from-inside", "signing",
];
const AT_LEAST = 10;

let current;

// A promise was rejected that nobody waits for.
export const unhandled = (error) => current.note("unhandled", error?.message ?? "an event");

async function run(sdk, run) {
  current = new Harness(sdk);
  try {
    await run(sdk, current);
    await turn();
  } catch (error) {
    current.note("the script ends with", error);
  } finally {
    current.endOfCase();
  }
  return current.trace;
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function problem(mended, traces, alike) {
  if (mended === undefined) return same(traces.ours, traces.reference) ? undefined : "they differ";
  const written = alike ? { ...mended, reference: mended.ours } : mended;
  for (const of of ["ours", "reference"]) {
    if (!same(traces[of], written[of])) return `${of} is not as it is written down`;
  }
  return same(traces.ours, traces.reference) && !alike ? "nothing is mended" : undefined;
}

// Gives each case with its traces and what is `wrong`. `only` picks those whose name has it. What is
// written down is what happens in Node; of another platform, `inNode` says how a line is put there, and
// `alike` names the cases in which the reference needs no mending.
export async function* judged(sdks, { only = "", inNode = (line) => line, alike = [] } = {}) {
  const trace = async (sdk, script) => (await run(sdk, script)).map(inNode);
  for (const group of GROUPS) {
    const { cases } = await import(`./${group}.mjs`);
    if (cases.length < AT_LEAST) {
      yield { group, name: "all", wrong: `${cases.length} cases are fewer than ${AT_LEAST}` };
    }
    for (const { name, run: script, mended } of cases) {
      const title = `${group}: ${name}`;
      if (!title.includes(only)) continue;
      const traces = { ours: await trace(sdks.ours, script), reference: await trace(sdks.reference, script) };
      let wrong = problem(mended, traces, alike.includes(title));
      if (traces.ours.length === 0 && traces.reference.length === 0) wrong = "nothing happens in it";
      yield { group, name, mended: mended !== undefined, traces, wrong };
    }
  }
}
