// The same in Node: the channel, before an example that makes calls.
import { KinesisVideoClient } from 'kvs-webrtc';

const [script, endpoint, ChannelName] = process.argv.slice(2);
const credentials = { accessKeyId: 'any', secretAccessKey: 'local' };
const client = new KinesisVideoClient({ region: 'us-west-2', credentials, endpoint });
const { ChannelARN } = await client.createSignalingChannel({ ChannelName });
Object.assign(globalThis, { ENDPOINT: endpoint, ARN: ChannelARN });
const { told } = await import(script);
console.log(JSON.stringify(await told));
