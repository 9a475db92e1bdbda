// @ts-check
// The door of the test page: the whole package in one file, and nowhere else to look for the wasm than beside it.

import core from './core/index.js';

export * from './core/index.js';

export default () => core.init(undefined, () => new URL('./kvs_webrtc_bg.wasm', import.meta.url));
