import { Role, SigV4RequestSigner, SignalingClient, generateStunUrl } from 'amazon-kinesis-video-streams-webrtc';

// An application of the JavaScript SDK, as its readme has it, in small: a viewer and a master, each
// on a socket of `scripted.js`. The tests run it with the reference and with kvs-webrtc; the first
// line is all that differs. `tell` takes what it has found out.

const region = 'us-west-2';
const channelARN = 'arn:aws:kinesisvideo:us-west-2:123456789012:channel/unchanged/1580000000000';
const channelEndpoint = 'wss://v-1a2b3c4d.kinesisvideo.us-west-2.amazonaws.com';
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'aToken/with+signs==',
};
const config = { channelARN, channelEndpoint, region, credentials };
const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };

async function signing() {
  const signer = new SigV4RequestSigner(region, credentials);
  const at = new Date(Date.UTC(2026, 1, 3, 4, 5, 6));
  const query = { 'X-Amz-ChannelARN': channelARN, 'X-Amz-ClientId': 'a viewer/1' };
  const messageOf = (error) => error.message;
  const [address, parameters] = (await signer.getSignedURL(channelEndpoint, query, at)).split('?');
  return {
    // The order of a query says nothing.
    url: [address, ...parameters.split('&').sort()],
    http: await signer.getSignedURL('http://example.org', query, at).catch(messageOf),
    query: await signer.getSignedURL(`${channelEndpoint}?a=b`, query, at).catch(messageOf),
    stun: generateStunUrl({ region, useFipsEndpoints: false, useDualStackEndpoints: true }),
  };
}

const attempt = (action) => {
  try {
    action();
    return 'done';
  } catch (error) {
    return `${error instanceof Error} ${error.message}`;
  }
};

function refusals() {
  const open = new SignalingClient({ ...config, role: Role.MASTER });
  return {
    config: attempt(() => new SignalingClient(null)),
    region: attempt(() => new SignalingClient({ ...config, role: Role.MASTER, region: undefined })),
    nobody: attempt(() => new SignalingClient({ ...config, role: Role.VIEWER })),
    somebody: attempt(() => new SignalingClient({ ...config, role: Role.MASTER, clientId: 'x' })),
    early: attempt(() => open.sendSdpOffer({ type: 'offer', sdp: 'v=0' })),
    close: attempt(() => open.close()),
  };
}

function session(role, clientId, greet) {
  return new Promise((resolve) => {
    const log = [];
    const client = new SignalingClient({ ...config, role, clientId });
    for (const name of ['sdpOffer', 'sdpAnswer', 'iceCandidate', 'statusResponse']) {
      client.on(name, (payload, sender) => {
        log.push([name, payload, sender ?? null]);
        if (name === 'sdpOffer') client.sendSdpAnswer({ type: 'answer', sdp: 'v=0' }, sender);
        if (name === 'statusResponse') client.close();
      });
    }
    client.once('open', () => {
      log.push(['open', attempt(() => client.open())]);
      greet(client, log);
    });
    client.on('close', () => {
      log.push(['close', client.listenerCount('close')]);
      resolve(log);
    });
    client.open();
    log.push(['opening', attempt(() => client.open())]);
  });
}

async function main() {
  const viewer = await session(Role.VIEWER, 'viewer-1', (client, log) => {
    client.sendSdpOffer({ type: 'offer', sdp: 'v=0\r\ns=-\r\n' });
    client.sendIceCandidate({ toJSON: () => candidate });
    log.push(['recipient', attempt(() => client.sendIceCandidate(candidate, 'viewer-2'))]);
    log.push(['id', attempt(() => client.sendSdpOffer({ type: 'offer', sdp: '' }, undefined, 'a b'))]);
    client.sendIceCandidate(candidate, undefined, 'correlation-1');
  });
  const master = await session(Role.MASTER, undefined, (client) => {
    client.sendIceCandidate(candidate, 'viewer-1', 'correlation-2');
  });
  tell({ signing: await signing(), refusals: refusals(), viewer, master, sockets });
}

main();
