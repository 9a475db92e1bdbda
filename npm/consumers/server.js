// A server's bundle, to which nobody has given the wasm.
import init, * as kvs from 'kvs-webrtc';
import { check, refusalOf } from './check.js';

const early = refusalOf(() => new kvs.KinesisVideoClient({}), kvs.KvsError);

(async () => {
  await init();
  const [endpoint, name] = process.argv.slice(2);
  console.log(JSON.stringify({ early, ...await check(kvs, endpoint, name) }));
})();
