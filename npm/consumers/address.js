// A page that tells the package where the bundler has put the wasm.
import init, * as kvs from 'kvs-webrtc';
import wasm from 'kvs-webrtc/kvs_webrtc_bg.wasm';
import { check } from './check.js';
import { tell } from './tell.js';

tell(async (endpoint, name) => {
  await init(new URL(wasm, import.meta.url));
  return check(kvs, endpoint, name);
});
