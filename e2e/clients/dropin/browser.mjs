// Runs the cases in a page, with the package as it is built and the reference's bundle for browsers,
// which is a script before this one. Tells how many there were, and which failed.
import init, * as sdk from "./pkg/kvs_webrtc.js";

// What of Node the cases use.
const { port1, port2 } = new MessageChannel();
const immediate = [];
port1.onmessage = () => immediate.shift()();
globalThis.setImmediate = (call) => {
  immediate.push(call);
  port2.postMessage(null);
};
const latin1 = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const encodings = { latin1, base64: (bytes) => btoa(latin1(bytes)) };
globalThis.Buffer = {
  from(input) {
    const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
    return { toString: (encoding) => encodings[encoding](bytes) };
  },
};

// The words of other engines, and of the reference's bundle, whose names are short and whose emitter is
// not Node's.
const WORDS = [
  [/can't access property "(\w+)", .+? is (undefined|null)/, "Cannot read properties of $2 (reading '$1')"],
  [/^rejects invalid date$/, "rejects Invalid time value"],
  [/^uncaught o\.forEach is not/, "uncaught pendingIceCandidates.forEach is not"],
  [/^uncaught Unhandled error\. \(undefined\)$/, "uncaught Unhandled error. ({})"],
];
const inNode = (line) => WORDS.reduce((text, [theirs, nodes]) => text.replace(theirs, nodes), line);
// A browser's own decoder is as strict as ours.
const alike = ["hostile-frames: base64 of the kind for URLs"];

const { judged, unhandled } = await import("./judge.mjs");
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  unhandled(event.reason);
});
await init();
console.warn = () => {};
// What the package's entry adds.
const Role = { MASTER: "MASTER", VIEWER: "VIEWER" };
const ours = { ...sdk, Role, VERSION: sdk.version() };
const told = { cases: 0, failures: [] };
const sdks = { ours, reference: globalThis.KVSWebRTC };
for await (const { group, name, traces, wrong } of judged(sdks, { inNode, alike })) {
  told.cases += 1;
  if (wrong) told.failures.push({ name: `${group}: ${name}`, wrong, traces });
}
document.documentElement.dataset.result = JSON.stringify(told);
