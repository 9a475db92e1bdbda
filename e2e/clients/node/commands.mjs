// Every command of the three clients that the emulator answers, each once, and their errors.
import { control, equal, matches, refused, settings, signaling, storage } from "./kvs.mjs";

const client = new control.KinesisVideoClient(settings);
const send = (name, input) => client.send(new control[`${name}Command`](input));
const ARN = /^arn:aws:kinesisvideo:us-west-2:\d{12}:(channel|stream)\/[\w.-]+\/\d{13}$/;

async function channels() {
  const { ChannelARN } = await send("CreateSignalingChannel", {
    ChannelName: "front-door",
    SingleMasterConfiguration: { MessageTtlSeconds: 30 },
    Tags: [{ Key: "room", Value: "hall" }],
  });
  matches("CreateSignalingChannel", ChannelARN, ARN);
  const { ChannelInfo } = await send("DescribeSignalingChannel", { ChannelARN });
  equal("DescribeSignalingChannel", ChannelInfo.ChannelName, "front-door");
  equal("a time is a Date", ChannelInfo.CreationTime instanceof Date, true);
  await send("UpdateSignalingChannel", {
    ChannelARN,
    CurrentVersion: ChannelInfo.Version,
    SingleMasterConfiguration: { MessageTtlSeconds: 90 },
  });
  const { ChannelInfo: updated } = await send("DescribeSignalingChannel", { ChannelARN });
  equal("UpdateSignalingChannel", updated.SingleMasterConfiguration.MessageTtlSeconds, 90);
  return ChannelARN;
}

async function lists() {
  const names = ["page-0", "page-1", "page-2"];
  for (const ChannelName of names) await send("CreateSignalingChannel", { ChannelName });
  const pages = control.paginateListSignalingChannels(
    { client, pageSize: 2 },
    { ChannelNameCondition: { ComparisonOperator: "BEGINS_WITH", ComparisonValue: "page-" } },
  );
  const listed = [];
  for await (const page of pages) listed.push(page.ChannelInfoList.map((it) => it.ChannelName));
  equal("ListSignalingChannels gives pages", listed.map((page) => page.length), [2, 1]);
  equal("ListSignalingChannels gives each once", listed.flat().sort(), names);
}

async function tags(ResourceARN) {
  await send("TagResource", { ResourceARN, Tags: [{ Key: "owner", Value: "me" }] });
  const { Tags } = await send("ListTagsForResource", { ResourceARN });
  equal("TagResource, ListTagsForResource", Tags, { room: "hall", owner: "me" });
  await send("UntagResource", { ResourceARN, TagKeyList: ["room"] });
  const { Tags: left } = await send("ListTagsForResource", { ResourceARN });
  equal("UntagResource", left, { owner: "me" });
}

async function endpoints(ChannelARN) {
  const { ResourceEndpointList } = await send("GetSignalingChannelEndpoint", {
    ChannelARN,
    SingleMasterChannelEndpointConfiguration: { Protocols: ["WSS", "HTTPS"], Role: "VIEWER" },
  });
  const of = (protocol) => ResourceEndpointList.find((it) => it.Protocol === protocol);
  matches("GetSignalingChannelEndpoint, WSS", of("WSS").ResourceEndpoint, /^wss?:\/\//);
  matches("GetSignalingChannelEndpoint, HTTPS", of("HTTPS").ResourceEndpoint, /^https?:\/\//);
  return of("HTTPS").ResourceEndpoint;
}

async function iceServers(ChannelARN, endpoint) {
  const client = new signaling.KinesisVideoSignalingClient({ ...settings, endpoint });
  const command = new signaling.GetIceServerConfigCommand({ ChannelARN });
  const { IceServerList } = await client.send(command);
  matches("GetIceServerConfig", IceServerList[0].Uris[0], /^turn:.+\?transport=udp$/);
  await refused(
    "GetIceServerConfig of no channel",
    404, signaling.ResourceNotFoundException, client,
    new signaling.GetIceServerConfigCommand({ ChannelARN: elsewhere(ChannelARN) }),
  );
  const offer = { SenderClientId: "alexa", MessagePayload: "aGVsbG8=" };
  await refused(
    "SendAlexaOfferToMaster of no channel",
    404, signaling.ResourceNotFoundException, client,
    new signaling.SendAlexaOfferToMasterCommand({ ChannelARN: elsewhere(ChannelARN), ...offer }),
  );
}

async function streams(channel) {
  const { StreamARN } = await send("CreateStream", {
    StreamName: "archive", DataRetentionInHours: 24, Tags: { room: "cellar" },
  });
  matches("CreateStream", StreamARN, ARN);
  const { StreamInfo } = await send("DescribeStream", { StreamARN });
  equal("DescribeStream", StreamInfo.DataRetentionInHours, 24);
  const { StreamInfoList } = await send("ListStreams", {});
  equal("ListStreams", StreamInfoList.map((it) => it.StreamName), ["archive"]);
  const configure = (Status, StreamARN) => send("UpdateMediaStorageConfiguration", {
    ChannelARN: channel, MediaStorageConfiguration: { Status, StreamARN },
  });
  await configure("ENABLED", StreamARN);
  const { MediaStorageConfiguration } =
    await send("DescribeMediaStorageConfiguration", { ChannelARN: channel });
  equal("Update and DescribeMediaStorageConfiguration", MediaStorageConfiguration, {
    Status: "ENABLED", StreamARN,
  });
  const { MappedResourceConfigurationList } =
    await send("DescribeMappedResourceConfiguration", { StreamARN });
  equal("DescribeMappedResourceConfiguration", MappedResourceConfigurationList.length, 1);
  await configure("DISABLED", null);
  await send("DeleteStream", { StreamARN, CurrentVersion: StreamInfo.Version });
  await refused(
    "DeleteStream",
    404, control.ResourceNotFoundException, client,
    new control.DescribeStreamCommand({ StreamARN }),
  );
}

async function join(channelArn) {
  const session = new storage.KinesisVideoWebRTCStorageClient(settings);
  await refused(
    "JoinStorageSession without storage",
    400, storage.InvalidArgumentException, session,
    new storage.JoinStorageSessionCommand({ channelArn }),
  );
  await refused(
    "JoinStorageSessionAsViewer of no channel",
    404, storage.ResourceNotFoundException, session,
    new storage.JoinStorageSessionAsViewerCommand({
      channelArn: elsewhere(channelArn), clientId: "viewer-1",
    }),
  );
}

async function errors(ChannelARN) {
  for (const [what, status, error, name, input] of [
    ["a name that is taken", 400, "ResourceInUse", "CreateSignalingChannel", {
      ChannelName: "front-door",
    }],
    ["a bad name", 400, "InvalidArgument", "CreateSignalingChannel", { ChannelName: "a b" }],
    ["no such channel", 404, "ResourceNotFound", "DescribeSignalingChannel", {
      ChannelName: "nowhere",
    }],
    ["an old version", 400, "VersionMismatch", "DeleteSignalingChannel", {
      ChannelARN, CurrentVersion: "old",
    }],
  ]) {
    const command = new control[`${name}Command`](input);
    await refused(what, status, control[`${error}Exception`], client, command);
  }
  const { ChannelInfo } = await send("DescribeSignalingChannel", { ChannelARN });
  await send("DeleteSignalingChannel", { ChannelARN, CurrentVersion: ChannelInfo.Version });
  await refused(
    "DeleteSignalingChannel",
    404, control.ResourceNotFoundException, client,
    new control.DescribeSignalingChannelCommand({ ChannelARN }),
  );
}

function elsewhere(arn) {
  return arn.replace("front-door", "back-door");
}

const frontDoor = await channels();
await lists();
await tags(frontDoor);
await iceServers(frontDoor, await endpoints(frontDoor));
await streams(frontDoor);
await join(frontDoor);
await errors(frontDoor);
