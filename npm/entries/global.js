// @ts-check
// The door for plain scripts, as the global `KVSWebRTC`. Its wasm is beside it; with
// `wasm-inline.js` loaded before, it is ready at once.

import core from './kvs_webrtc.js';

export * from './kvs_webrtc.js';

// Known only while the script runs for the first time.
const script = /** @type {HTMLScriptElement | null} */ (globalThis.document?.currentScript);
const folder = script?.src || globalThis.location?.href;

if (core.hasInline()) core.startInline();

/** @param {unknown} [input] */
export const init = (input) => core.init(input, () => new URL('kvs_webrtc_bg.wasm', folder));
