// The service's calls.
import { KinesisVideoClient, type ChannelInfo, type Credentials } from "kvs-webrtc";

const credentials: Credentials = { accessKeyId: "a", secretAccessKey: "b", sessionToken: "c" };
const client = new KinesisVideoClient({ region: "us-west-2", credentials: async () => credentials });

export async function calls(): Promise<ChannelInfo | undefined> {
  const { ChannelARN } = await client.createSignalingChannel({ ChannelName: "x" });
  const { ChannelInfo } = await client.describeSignalingChannel({ ChannelName: "x" });
  // @ts-expect-error members are written as in the AWS SDK
  await client.describeSignalingChannel({ channelName: "x" });
  await client.getSignalingChannelEndpoint({
    ChannelARN: ChannelARN ?? "",
    SingleMasterChannelEndpointConfiguration: { Protocols: ["WSS", "HTTPS"], Role: "MASTER" },
  });
  await client.getSignalingChannelEndpoint({
    ChannelARN: ChannelARN ?? "",
    // @ts-expect-error there is no such role
    SingleMasterChannelEndpointConfiguration: { Protocols: ["WSS"], Role: "NOBODY" },
  });
  // @ts-expect-error a channel is needed
  await client.getIceServerConfig({});
  return ChannelInfo;
}

// @ts-expect-error the secret is missing
new KinesisVideoClient({ region: "us-west-2", credentials: { accessKeyId: "a" } });
// @ts-expect-error it is nobody's to free
client.free();
