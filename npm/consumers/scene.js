// What an example of the documents finds when it begins: its channel, a master on it that shows a
// moving picture, and the back end that it asks.
import init, * as kvs from 'kvs-webrtc';

const { KinesisVideoClient, Master, SigV4RequestSigner } = kvs;
const region = 'us-west-2';
const credentials = { accessKeyId: 'any', secretAccessKey: 'local' };
const backEnd = ['/session', '/temporary-keys', '/my/keys'];

export async function scene(endpoint, channelName, withMaster) {
  globalThis.ENDPOINT = endpoint;
  document.body.append(document.createElement('video'));
  if (!channelName) return;
  await init();
  const client = new KinesisVideoClient({ region, credentials, endpoint });
  const { ChannelARN } = await client.createSignalingChannel({ ChannelName: channelName });
  if (withMaster) {
    await new Master({ endpoint, region, credentials, channelName, stream: picture() }).start();
  }
  const { fetch } = globalThis;
  globalThis.fetch = async (url, options) => {
    if (!backEnd.includes(url)) return fetch(url, options);
    const answer = url === '/session'
      ? await session(client, ChannelARN, JSON.parse(options.body))
      : { ...credentials, expiration: new Date(Date.now() + 3_600_000) };
    return new Response(JSON.stringify(answer));
  };
}

function picture() {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  let at = 0;
  setInterval(() => {
    at += 1;
    context.fillStyle = `hsl(${at % 360} 100% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 40);
  return canvas.captureStream();
}

async function session(client, ChannelARN, { role, clientId }) {
  const { ResourceEndpointList } = await client.getSignalingChannelEndpoint({
    ChannelARN, SingleMasterChannelEndpointConfiguration: { Protocols: ['WSS'], Role: role },
  });
  const { IceServerList } = await client.getIceServerConfig({ ChannelARN, ClientId: clientId });
  const signer = new SigV4RequestSigner(region, credentials);
  const query = { 'X-Amz-ChannelARN': ChannelARN, 'X-Amz-ClientId': clientId };
  const signedUrl = await signer.getSignedURL(ResourceEndpointList[0].ResourceEndpoint, query);
  return { signedUrl, iceServers: IceServerList, iceTtlSeconds: 300 };
}
