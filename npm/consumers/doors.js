// What `init` does where it cannot do what it wants, each with a fresh copy of the package.
import { check, refusalOf } from './check.js';
import { tell } from './tell.js';

const fresh = (copy) => import(`./${copy}/index.js`);

/** How an attempt ends: its error's code, or "ready". */
const outcome = (attempt) => attempt.then(() => 'ready', ({ code, message }) => `${code}: ${message}`);

tell(async (endpoint, name) => {
  const missing = await fresh('missing'); // its wasm answers 404
  const page = await fresh('page'); // its wasm is text/html
  const given = await fresh('given');
  const failed = await outcome(given.init('./nowhere.wasm'));
  const garbage = await outcome(given.init(new Uint8Array([1, 2, 3])));
  const rejected = await outcome(given.init({ module_or_path: Promise.reject(new Error('no')) }));
  const bytes = await (await fetch('./given/kvs_webrtc_bg.wasm')).arrayBuffer();
  const other = await fresh('other');
  const again = await fresh('again');
  return {
    missing: await outcome(missing.init()),
    page: await outcome(page.init()),
    failed,
    garbage,
    rejected,
    afterwards: await outcome(given.init({ module_or_path: bytes })),
    response: await outcome(other.init(fetch('./given/kvs_webrtc_bg.wasm'))),
    module: await outcome(again.init(await WebAssembly.compile(bytes))),
    uninitialised: refusalOf(() => (0, missing.version)(), missing.KvsError),
    ...await check(given, endpoint, name),
  };
});
