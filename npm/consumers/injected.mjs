// Node before version 22 has no WebSocket: signaling takes one that it is given.
import './scripted.js';
import { Role, SignalingClient } from 'kvs-webrtc';

const { WebSocket, sockets, tell } = globalThis;
delete globalThis.WebSocket;
const config = {
  role: Role.VIEWER,
  clientId: 'viewer',
  channelARN: 'arn:aws:kinesisvideo:us-west-2:123456789012:channel/injected/1580000000000',
  channelEndpoint: 'wss://v-1a2b3c4d.kinesisvideo.us-west-2.amazonaws.com',
  region: 'us-west-2',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
};

/** What comes first: the code of an error, or an answer to an offer. */
const first = (options) => new Promise((resolve) => {
  const client = new SignalingClient({ ...config, ...options });
  client.on('open', () => client.sendSdpOffer({ type: 'offer', sdp: 'v=0' }));
  client.on('sdpAnswer', ({ type }) => {
    client.close();
    resolve(type);
  });
  client.on('error', ({ code }) => resolve(code));
  client.open();
});

const given = await first({ WebSocket });
const none = await first({});
tell({ given, none, sockets: sockets.length });
