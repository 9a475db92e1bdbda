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
  const { CreationTime, ChannelStatus } = ChannelInfo ?? {};
  const time: Date | undefined = CreationTime;
  const isActive = ChannelStatus === "ACTIVE";
  // @ts-expect-error there is no such status
  const isGone = ChannelStatus === "GONE";
  const { signal } = new AbortController();
  const { $metadata, ChannelInfoList } = await client.listSignalingChannels({}, { signal, timeoutMs: 500 });
  const attempts: number | undefined = $metadata.attempts;
  const { IceServerList } = await client.getIceServerConfig(
    { ChannelARN: ChannelARN ?? "", ClientId: "viewer-1" }, { role: "VIEWER", endpoint: "https://h" },
  );
  // @ts-expect-error the control plane's calls have one host
  await client.describeStream({ StreamName: "s" }, { endpoint: "https://h" });
  // @ts-expect-error a name or an ARN is needed
  await client.describeStream({});
  // @ts-expect-error streams take tags as an object
  await client.createStream({ StreamName: "s", Tags: [{ Key: "a", Value: "b" }] });
  const { Tags } = await client.listTagsForResource({ ResourceARN: ChannelARN ?? "" });
  const tag: string | undefined = Tags?.["room"];
  // @ts-expect-error these members begin with a small letter
  await client.joinStorageSession({ ChannelARN: "" });
  console.log(time, isActive, isGone, attempts, ChannelInfoList?.length, IceServerList?.[0]?.Uris?.[0], tag);
  return ChannelInfo;
}

// Providers of the AWS SDK, version 2 and 3.
new KinesisVideoClient({ region: "us-west-2", credentials: { getPromise: async () => {} } });
new KinesisVideoClient({
  region: "us-gov-west-1",
  credentials: async () => ({ ...credentials, expiration: new Date() }),
  useFipsEndpoint: true,
  useDualstackEndpoint: true,
  maxAttempts: 5,
  timeoutMs: 2000,
  fetch,
  logger: console,
});

// @ts-expect-error the secret is missing
new KinesisVideoClient({ region: "us-west-2", credentials: { accessKeyId: "a" } });
// @ts-expect-error it is nobody's to free
client.free();
