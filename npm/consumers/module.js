// A page: bundled, or as it is.
import init, * as kvs from 'kvs-webrtc';
import { check, refusalOf } from './check.js';
import { tell } from './tell.js';

tell(async (endpoint, name) => {
  const early = refusalOf(() => new kvs.KinesisVideoClient({}), kvs.KvsError);
  const attempts = [init(), init()];
  await Promise.all(attempts);
  return { early, once: attempts[0] === attempts[1], ...await check(kvs, endpoint, name) };
});
