// Runs the cases in Node; with a text, those whose name has it, and shows their traces.
import { inspect } from "node:util";
import { judged, unhandled } from "./judge.mjs";
import { ours, reference } from "./packages.mjs";

process.on("unhandledRejection", unhandled);
const sdks = { ours: await ours(), reference: reference() };
// What is reported where there is no logger is not what is compared here.
console.warn = () => {};
const [only] = process.argv.slice(2);
let failures = 0;
const table = new Map();
for await (const { group, name, mended, traces, wrong } of judged(sdks, { only })) {
  console.log(`${wrong ? "FAILED " : "ok     "} ${group}: ${name} (${mended ? "mended" : "kept"})`);
  if (wrong || only) console.log(`        ${wrong}\n${inspect(traces, { breakLength: 160 })}`);
  if (wrong) failures += 1;
  const counts = table.get(group) ?? { kept: 0, mended: 0 };
  counts[mended ? "mended" : "kept"] += 1;
  table.set(group, counts);
}
let total = 0;
for (const [group, { kept, mended }] of table) {
  console.log(`group ${group}: ${kept + mended} cases, ${kept} kept, ${mended} mended`);
  total += kept + mended;
}
console.log(`total ${total}`);
process.exit(failures === 0 ? 0 : 1);
