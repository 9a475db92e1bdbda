// Makes a channel and prints, as JSON, all that a peer's page needs to know of it: what an
// application's back end does.
import { control, endpoint, signaling } from "./kvs.mjs";

const [ChannelName] = process.argv.slice(2);
const client = new control.KinesisVideoClient({ endpoint });
const send = (name, input) => client.send(new control[`${name}Command`](input));
const { ChannelARN } = await send("CreateSignalingChannel", { ChannelName });

async function endpoints(Role) {
  const SingleMasterChannelEndpointConfiguration = { Protocols: ["WSS", "HTTPS"], Role };
  const { ResourceEndpointList } = await send("GetSignalingChannelEndpoint", {
    ChannelARN, SingleMasterChannelEndpointConfiguration,
  });
  const found = ResourceEndpointList.map((it) => [it.Protocol, it.ResourceEndpoint]);
  return Object.fromEntries(found);
}

const [master, viewer] = await Promise.all(["MASTER", "VIEWER"].map(endpoints));
const calls = new signaling.KinesisVideoSignalingClient({ endpoint: master.HTTPS });
const { IceServerList } =
  await calls.send(new signaling.GetIceServerConfigCommand({ ChannelARN }));

console.log("channel", JSON.stringify({
  channelARN: ChannelARN,
  endpoints: { MASTER: master.WSS, VIEWER: viewer.WSS },
  iceServers: IceServerList.map(({ Uris: urls, Username: username, Password: credential }) => (
    { urls, username, credential }
  )),
  region: process.env.AWS_REGION,
  credentials: {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID,
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
  },
}));
