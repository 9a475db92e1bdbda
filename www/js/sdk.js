// The SDK: loaded and instantiated once, while the page is read.

import { message } from "./i18n.js";

/** The package's exports once the wasm is ready; rejects with a sentence for people. */
export const sdk = load();

async function load() {
  try {
    const exports = await import("../pkg/kvs_webrtc.js");
    await exports.default();
    return exports;
  } catch (cause) {
    const said = message(isForbidden(cause) ? "sdk.forbidden" : "sdk.missing");
    throw Object.assign(new Error("The SDK did not load from pkg/", { cause }), { said });
  }
}

/** Policies, and modes for people in danger, leave a browser without WebAssembly, or let it compile none. */
function isForbidden(cause) {
  return !globalThis.WebAssembly || cause instanceof WebAssembly.CompileError;
}

// Whoever awaits it shows the failure; without this, one that nobody awaits yet would count as unhandled.
sdk.catch(() => {});
