// A page whose policy forbids WebAssembly.
import init, { KvsError } from './kvs-webrtc/index.js';
import { tell } from './tell.js';

const codeOf = (error) => (error instanceof KvsError ? error.code : String(error));

tell(async () => ({
  fetched: await init().then(() => 'ready', codeOf),
  inline: await import('./kvs-webrtc/inline.js').then(() => 'ready', codeOf),
}));
