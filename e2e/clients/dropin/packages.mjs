// The two packages that the same scripts run on: the service's JavaScript SDK, through its normal
// entry, and ours, as it is built.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export async function ours() {
  const glue = new URL("../../../pkg/kvs_webrtc.js", import.meta.url);
  const sdk = await import(glue);
  sdk.initSync({ module: readFileSync(new URL("kvs_webrtc_bg.wasm", glue)) });
  // What the package's entry adds.
  const Role = { MASTER: "MASTER", VIEWER: "VIEWER" };
  return { ...sdk, Role, VERSION: sdk.version() };
}

export function reference() {
  const require = createRequire(join(process.env.KVS_NODE_MODULES, "kvs.cjs"));
  // It asks this package for what every platform has by now, so that it is not installed.
  const crypto = require.resolve("isomorphic-webcrypto");
  require.cache[crypto] = { id: crypto, loaded: true, exports: globalThis.crypto };
  return require("amazon-kinesis-video-streams-webrtc");
}
