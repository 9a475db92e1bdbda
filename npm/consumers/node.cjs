// Node, by `require`.
const kvs = require('kvs-webrtc');
const inline = require('kvs-webrtc/inline');

(async () => {
  const { check } = await import('./check.js');
  const [endpoint, name] = process.argv.slice(2);
  const result = await check(kvs, endpoint, name);
  const same = inline.KinesisVideoClient === kvs.KinesisVideoClient;
  console.log(JSON.stringify({ ...result, same }));
})();
