// @ts-check
// The door for Node: the wasm is read from beside this file, and is ready on import. In a server's
// bundle it may not be there: importing does no harm then, and `init` finds another way.

import { readFileSync } from 'node:fs';
import core from './kvs_webrtc.js';

export * from './kvs_webrtc.js';

const own = () => readFileSync(new URL('./kvs_webrtc_bg.wasm', import.meta.url));

try {
  core.start(own());
} catch {
  // The first use says what to do.
}

/** @param {unknown} [input] */
export function init(input) {
  return core.init(input, own, () => import('./wasm-inline.js'));
}

export default init;
