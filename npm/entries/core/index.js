// @ts-check
// What all doors share: the glue with its classes, and what is said of the package without a wasm.
// It becomes `kvs_webrtc.js`; `public.js` is made of the types. The default export is for the doors and goes no further: `export *`
// leaves it out.

import { hasInline, init, start, startInline } from './load.js';

export * from './public.js';
export { KvsError } from './errors.js';
export { VERSION } from './load.js';
export const Role = Object.freeze({ MASTER: 'MASTER', VIEWER: 'VIEWER' });

export default { hasInline, init, start, startInline };
