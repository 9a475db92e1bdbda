// What the scripts share: the clients, and checks that say what they expected. A check prints one
// line; the first that fails ends the script.
import { createRequire } from "node:module";
import { join } from "node:path";
import { isDeepStrictEqual, inspect } from "node:util";

// Imports are looked for beside the script, where the modules are not.
const require = createRequire(join(process.env.KVS_NODE_MODULES, "kvs.cjs"));

export const endpoint = process.env.KVS_ENDPOINT;
export const control = require("@aws-sdk/client-kinesis-video");
export const signaling = require("@aws-sdk/client-kinesis-video-signaling");
export const storage = require("@aws-sdk/client-kinesis-video-webrtc-storage");

// Nothing is tried twice unless asked for: the answer is what is checked.
export const settings = { endpoint, maxAttempts: 1 };

export function equal(what, actual, expected) {
  report(what, isDeepStrictEqual(actual, expected), inspect(actual), inspect(expected));
}

export function matches(what, actual, pattern) {
  report(what, pattern.test(actual), inspect(actual), `a text like ${pattern}`);
}

// Sends a command that fails with an error of the SDK's own class; with one of a name only where
// the SDK's model does not have it.
export async function refused(what, status, error, client, command) {
  let answer;
  try {
    answer = await client.send(command);
  } catch (caught) {
    const name = error.name ?? error;
    const isOfClass = typeof error === "string" || caught instanceof error;
    const actual = [caught.constructor.name, caught.name, caught.$metadata?.httpStatusCode];
    report(
      what,
      isOfClass && isDeepStrictEqual(actual.slice(1), [name, status]),
      `${inspect(actual)}: ${caught.message}`,
      inspect([name, status]),
    );
    report(`${what}: says why`, Boolean(caught.message), "nothing", "a message");
    return;
  }
  report(what, false, `an answer: ${inspect(answer)}`, `${error.name ?? error}, ${status}`);
}

function report(what, passed, actual, expected) {
  if (passed) return console.log(`ok      ${what}`);
  console.log(`FAILED  ${what}\n        expected ${expected}\n        actual   ${actual}`);
  process.exit(1);
}
