// @ts-check
// The door for browsers: the wasm is fetched from beside this file, compiled while it arrives and
// kept by the browser's cache. Where it cannot be had, as with bundlers that do not copy it, it
// comes out of `wasm-inline.js`, which nothing loads otherwise.

import core from './kvs_webrtc.js';

export * from './kvs_webrtc.js';

/** @param {unknown} [input] */
export function init(input) {
  return core.init(
    input,
    // Bundlers look for this very expression.
    () => new URL('./kvs_webrtc_bg.wasm', import.meta.url),
    () => import('./wasm-inline.js'),
  );
}

export default init;
