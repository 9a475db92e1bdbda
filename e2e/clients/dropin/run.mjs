// Runs every case on both packages. A case that is kept has the same trace on both; one that is
// mended says why, and which trace each has.
import { isDeepStrictEqual, inspect } from "node:util";
import { Harness, turn } from "./harness.mjs";
import { ours, reference } from "./packages.mjs";

const GROUPS = [
  "constructor-errors", "send-errors", "event-order", "candidate-buffering", "open-close-races",
  "hostile-frames", "calls-from-inside", "signing",
];
const AT_LEAST = 10;

let current;
process.on("unhandledRejection", (error) => current.note("unhandled", error?.message ?? "an event"));

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

function problem(mended, traces) {
  if (mended === undefined) {
    return isDeepStrictEqual(traces.ours, traces.reference) ? undefined : "they differ";
  }
  for (const of of ["ours", "reference"]) {
    if (!isDeepStrictEqual(traces[of], mended[of])) return `${of} is not as it is written down`;
  }
  return isDeepStrictEqual(traces.ours, traces.reference) ? "nothing is mended" : undefined;
}

const sdks = { ours: await ours(), reference: reference() };
// What is reported where there is no logger is not what is compared here.
console.warn = () => {};
let failures = 0;
const table = [];
for (const group of GROUPS) {
  const { cases } = await import(`./${group}.mjs`);
  const [only] = process.argv.slice(2);
  for (const { name, run: script, mended } of cases) {
    if (only && !`${group}: ${name}`.includes(only)) continue;
    const traces = { ours: await run(sdks.ours, script), reference: await run(sdks.reference, script) };
    let wrong = problem(mended, traces);
    if (traces.ours.length === 0 && traces.reference.length === 0) wrong = "nothing happens in it";
    console.log(`${wrong ? "FAILED " : "ok     "} ${group}: ${name} (${mended ? "mended" : "kept"})`);
    if (wrong || only) console.log(`        ${wrong}\n${inspect(traces, { breakLength: 160 })}`);
    if (wrong) failures += 1;
  }
  const kept = cases.filter((it) => it.mended === undefined).length;
  table.push({ group, cases: cases.length, kept, mended: cases.length - kept });
  if (cases.length < AT_LEAST) {
    failures += 1;
    console.log(`FAILED  ${group} has ${cases.length} cases, fewer than ${AT_LEAST}`);
  }
}
for (const { group, cases, kept, mended } of table) {
  console.log(`group ${group}: ${cases} cases, ${kept} kept, ${mended} mended`);
}
const total = table.reduce((sum, it) => sum + it.cases, 0);
console.log(`total ${total}`);
process.exit(failures === 0 ? 0 : 1);
