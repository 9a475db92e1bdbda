// Node, by `import`.
import init, * as kvs from 'kvs-webrtc';
import * as inline from 'kvs-webrtc/inline';
import { check } from './check.js';

const [endpoint, name] = process.argv.slice(2);
await init();
const result = await check(kvs, endpoint, name);
const same = inline.KinesisVideoClient === kvs.KinesisVideoClient;
console.log(JSON.stringify({ ...result, same }));
