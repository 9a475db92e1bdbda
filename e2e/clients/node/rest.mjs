// Every call of this package's client, once, against the emulator.
import { endpoint, equal, matches } from "./kvs.mjs";
import { KinesisVideoClient, credentials, region } from "./sdk.mjs";

const client = new KinesisVideoClient({ endpoint, region, credentials });
const ARN = /^arn:aws:kinesisvideo:us-west-2:\d{12}:(channel|stream)\/[\w.-]+\/\d{13}$/;

async function refused(what, call, code, service) {
  const error = await call.then(() => undefined, (error) => error);
  equal(what, [error?.code, error?.service?.name], [code, service]);
}

const { ChannelARN, $metadata } = await client.createSignalingChannel({
  ChannelName: "rest",
  SingleMasterConfiguration: { MessageTtlSeconds: 30 },
  Tags: [{ Key: "room", Value: "hall" }],
});
matches("createSignalingChannel", ChannelARN, ARN);
equal("an answer's metadata", [$metadata.httpStatusCode, $metadata.attempts], [200, 1]);
matches("an answer's id", $metadata.requestId, /^[0-9a-f-]{36}$/);

const { ChannelInfo } = await client.describeSignalingChannel({ ChannelARN });
equal("describeSignalingChannel", ChannelInfo.ChannelName, "rest");
equal("a time is a Date", ChannelInfo.CreationTime instanceof Date, true);
await client.updateSignalingChannel({
  ChannelARN, CurrentVersion: ChannelInfo.Version, SingleMasterConfiguration: { MessageTtlSeconds: 90 },
});
const { ChannelInfo: updated } = await client.describeSignalingChannel({ ChannelName: "rest" });
equal("updateSignalingChannel", updated.SingleMasterConfiguration, { MessageTtlSeconds: 90 });

await client.createSignalingChannel({ ChannelName: "rest-2" });
const page = await client.listSignalingChannels({
  MaxResults: 1, ChannelNameCondition: { ComparisonOperator: "BEGINS_WITH", ComparisonValue: "rest" },
});
const rest = await client.listSignalingChannels({
  NextToken: page.NextToken,
  ChannelNameCondition: { ComparisonOperator: "BEGINS_WITH", ComparisonValue: "rest" },
});
const names = [...page.ChannelInfoList, ...rest.ChannelInfoList].map((it) => it.ChannelName);
equal("listSignalingChannels", names.sort(), ["rest", "rest-2"]);

await client.tagResource({ ResourceARN: ChannelARN, Tags: [{ Key: "owner", Value: "me" }] });
const { Tags } = await client.listTagsForResource({ ResourceARN: ChannelARN });
equal("tagResource, listTagsForResource", Tags, { room: "hall", owner: "me" });
await client.untagResource({ ResourceARN: ChannelARN, TagKeyList: ["room"] });
const { Tags: left } = await client.listTagsForResource({ ResourceARN: ChannelARN });
equal("untagResource", left, { owner: "me" });

const { ResourceEndpointList } = await client.getSignalingChannelEndpoint({
  ChannelARN,
  SingleMasterChannelEndpointConfiguration: { Protocols: ["WSS", "HTTPS"], Role: "VIEWER" },
});
equal("getSignalingChannelEndpoint", ResourceEndpointList.map((it) => it.Protocol).sort(), ["HTTPS", "WSS"]);
const { IceServerList } = await client.getIceServerConfig({ ChannelARN, ClientId: "viewer-1" });
matches("getIceServerConfig", IceServerList[0].Uris[0], /^turn:.+\?transport=udp$/);
const elsewhere = ChannelARN.replace("channel/rest/", "channel/nowhere/");
await refused("sendAlexaOfferToMaster of no channel", client.sendAlexaOfferToMaster({
  ChannelARN: elsewhere, SenderClientId: "alexa", MessagePayload: "aGVsbG8=",
}), "service.channelNotFound", "ResourceNotFoundException");

const { StreamARN } = await client.createStream({
  StreamName: "archive", DataRetentionInHours: 24, Tags: { room: "cellar" },
});
matches("createStream", StreamARN, ARN);
const { StreamInfo } = await client.describeStream({ StreamARN });
equal("describeStream", StreamInfo.DataRetentionInHours, 24);
await refused(
  "joinStorageSession without storage", client.joinStorageSession({ channelArn: ChannelARN }),
  "service.invalidArgument", "InvalidArgumentException",
);
await client.updateMediaStorageConfiguration({
  ChannelARN, MediaStorageConfiguration: { Status: "ENABLED", StreamARN },
});
const { MediaStorageConfiguration } = await client.describeMediaStorageConfiguration({ ChannelARN });
equal("update, describeMediaStorageConfiguration", MediaStorageConfiguration, { Status: "ENABLED", StreamARN });
const { MappedResourceConfigurationList } = await client.describeMappedResourceConfiguration({ StreamARN });
equal("describeMappedResourceConfiguration", MappedResourceConfigurationList.map((it) => it.ARN), [ChannelARN]);
// Who is not connected joins nothing.
for (const [what, call] of [
  ["joinStorageSession", () => client.joinStorageSession({ channelArn: ChannelARN })],
  ["joinStorageSessionAsViewer", () => client.joinStorageSessionAsViewer({
    channelArn: ChannelARN, clientId: "viewer-1",
  })],
]) {
  await refused(what, call(), "service.channelNotFound", "ResourceNotFoundException");
}
await refused("a name that is taken", client.createSignalingChannel({ ChannelName: "rest" }),
  "service.channelExists", "ResourceInUseException");
await refused("an old version", client.deleteSignalingChannel({ ChannelARN, CurrentVersion: "old" }),
  "service.invalidArgument", "VersionMismatchException");
await client.deleteSignalingChannel({ ChannelARN });
await refused("deleteSignalingChannel", client.describeSignalingChannel({ ChannelARN }),
  "service.channelNotFound", "ResourceNotFoundException");
const wrongSecret = { ...credentials, secretAccessKey: "wrong" };
await refused("a wrong secret",
  new KinesisVideoClient({ endpoint, region, credentials: wrongSecret }).describeStream({ StreamARN }),
  "keys.wrongSecret", "InvalidSignatureException");
