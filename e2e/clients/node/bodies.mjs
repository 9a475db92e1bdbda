// For each operation: whose it is, an input, and what may come back.
const arn = (kind) => `arn:aws:kinesisvideo:us-west-2:123456789012:${kind}/demo/1700000000000`;
const ChannelARN = arn("channel");
const StreamARN = arn("stream");
const ResourceARN = ChannelARN;

const channel = {
  ChannelARN, ChannelName: "demo", ChannelStatus: "ACTIVE", ChannelType: "SINGLE_MASTER",
  CreationTime: 1577439476.38, SingleMasterConfiguration: { MessageTtlSeconds: 60 }, Version: "v1",
};
const stream = {
  StreamARN, StreamName: "demo", Status: "ACTIVE", DeviceName: "d", MediaType: "video/h264",
  KmsKeyId: "k", Version: "v", CreationTime: 1577439476.3855, DataRetentionInHours: 24,
};
const empty = ["{}", "", '{"Surprise":[{"a":1}]}', "{", "null"];

// Bodies are texts where what matters is how they are written.
export const operations = [
  {
    name: "CreateSignalingChannel",
    inputs: [
      { ChannelName: "demo" },
      {
        ChannelName: "demo", ChannelType: "FULL_MESH", Unknown: 1, Tags: [],
        SingleMasterConfiguration: { MessageTtlSeconds: 5, Unknown: 2 },
      },
      { ChannelName: "a.b-c_D", ChannelType: null, Tags: [{ Key: "größe", Value: "a \u2028 b" }] },
    ],
    bodies: [{ ChannelARN }, "{}", '{"ChannelARN":null,"Other":7}', "", '{"channelarn":"x"}'],
  },
  {
    name: "DescribeSignalingChannel",
    inputs: [{ ChannelName: "demo" }, { ChannelARN }, { ChannelARN, ChannelName: undefined }],
    bodies: [
      { ChannelInfo: channel },
      "{}",
      { ChannelInfo: {} },
      { ChannelInfo: null },
      { ChannelInfo: { ...channel, CreationTime: null, Version: null, New: { a: [1] } }, New: 1 },
      '{"ChannelInfo":{"CreationTime":1.577439476385e9}}',
      '{"ChannelInfo":{"CreationTime":1577439476385E-3}}',
      '{"ChannelInfo":{"CreationTime":0}}',
      '{"ChannelInfo":{"CreationTime":-1.0005}}',
      '{"ChannelInfo":{"CreationTime":1577439476.9999}}',
      '{"ChannelInfo":{"CreationTime":"1577439476.25"}}',
      '{"ChannelInfo":{"SingleMasterConfiguration":{"MessageTtlSeconds":null,"X":1}}}',
      '{"ChannelInfo":{"SingleMasterConfiguration":null}}',
      '{"ChannelInfo":"text"}',
      '{"ChannelInfo":[1]}',
      '{"ChannelInfo":{"ChannelName":7,"Version":{"a":1}}}',
    ],
  },
  {
    name: "UpdateSignalingChannel",
    inputs: [
      { ChannelARN, CurrentVersion: "v1" },
      { ChannelARN, CurrentVersion: "v1", SingleMasterConfiguration: { MessageTtlSeconds: 120 } },
      { ChannelARN, CurrentVersion: "v1", SingleMasterConfiguration: {} },
    ],
    bodies: empty,
  },
  {
    name: "DeleteSignalingChannel",
    inputs: [{ ChannelARN }, { ChannelARN, CurrentVersion: "v1" }, { ChannelARN, CurrentVersion: null }],
    bodies: empty,
  },
  {
    name: "ListSignalingChannels",
    inputs: [
      {},
      { MaxResults: 10000, NextToken: "ab+/=" },
      { ChannelNameCondition: { ComparisonOperator: "BEGINS_WITH", ComparisonValue: "d" } },
    ],
    bodies: [
      { ChannelInfoList: [channel, { ...channel, CreationTime: 1 }], NextToken: "n" },
      "{}",
      { ChannelInfoList: [], NextToken: null },
      { ChannelInfoList: [{}, null, { CreationTime: null }] },
      { ChannelInfoList: null, NextToken: "" },
      { ChannelInfoList: Array(200).fill(channel) },
    ],
  },
  {
    name: "GetSignalingChannelEndpoint",
    inputs: [
      { ChannelARN },
      {
        ChannelARN,
        SingleMasterChannelEndpointConfiguration: { Protocols: ["WSS", "HTTPS", "WEBRTC"], Role: "MASTER" },
      },
      { ChannelARN, SingleMasterChannelEndpointConfiguration: { Role: "VIEWER" } },
    ],
    bodies: [
      {
        ResourceEndpointList: [
          { Protocol: "HTTPS", ResourceEndpoint: "https://r-1.example.com" },
          { Protocol: "WSS", ResourceEndpoint: "wss://m-1.example.com", New: 1 },
        ],
      },
      "{}",
      { ResourceEndpointList: [] },
      { ResourceEndpointList: [{ Protocol: null }, null] },
    ],
  },
  {
    name: "DescribeMediaStorageConfiguration",
    inputs: [{ ChannelName: "demo" }, { ChannelARN }, { ChannelName: "demo", ChannelARN }],
    bodies: [
      { MediaStorageConfiguration: { Status: "ENABLED", StreamARN } },
      { MediaStorageConfiguration: { Status: "DISABLED", StreamARN: null } },
      "{}",
      { MediaStorageConfiguration: { New: {} } },
    ],
  },
  {
    name: "UpdateMediaStorageConfiguration",
    inputs: [
      { ChannelARN, MediaStorageConfiguration: { Status: "ENABLED", StreamARN } },
      { ChannelARN, MediaStorageConfiguration: { Status: "DISABLED" } },
      { ChannelARN, MediaStorageConfiguration: { Status: "DISABLED", StreamARN: null } },
    ],
    bodies: empty,
  },
  {
    name: "DescribeMappedResourceConfiguration",
    inputs: [{ StreamName: "demo" }, { StreamARN, MaxResults: 1 }, { StreamARN, NextToken: "" }],
    bodies: [
      { MappedResourceConfigurationList: [{ Type: "SignalingChannel", ARN: ChannelARN }], NextToken: "n" },
      "{}",
      { MappedResourceConfigurationList: [] },
      { MappedResourceConfigurationList: [{ Type: null, New: 1 }], NextToken: null },
    ],
  },
  {
    name: "TagResource",
    inputs: [
      { ResourceARN, Tags: [{ Key: "a", Value: "" }] },
      { ResourceARN, Tags: [{ Key: "a", Value: "b", X: 1 }, { Key: "Ключ 1", Value: "@ : / = + -" }] },
      { ResourceARN: StreamARN, Tags: Array(50).fill({ Key: "k", Value: "v" }) },
    ],
    bodies: empty,
  },
  {
    name: "UntagResource",
    inputs: [
      { ResourceARN, TagKeyList: ["a"] },
      { ResourceARN, TagKeyList: ["a", "ключ"] },
      { ResourceARN, TagKeyList: Array(50).fill("k") },
    ],
    bodies: empty,
  },
  {
    name: "ListTagsForResource",
    inputs: [{ ResourceARN }, { ResourceARN, NextToken: "t" }, { ResourceARN, NextToken: null }],
    bodies: [
      { NextToken: "n", Tags: { room: "hall", größe: "" } },
      "{}",
      { Tags: {} },
      { NextToken: null, Tags: { a: null, toString: "x" } },
    ],
  },
  {
    name: "CreateStream",
    inputs: [
      { StreamName: "demo" },
      {
        StreamName: "demo", DeviceName: "d", MediaType: "video/h264,audio/aac", KmsKeyId: "alias/mine",
        DataRetentionInHours: 0, Tags: { room: "cellar", größe: "" },
        StreamStorageConfiguration: { DefaultStorageTier: "WARM" },
      },
      { StreamName: "demo", DataRetentionInHours: 87600, DeviceName: undefined },
    ],
    bodies: [{ StreamARN }, "{}", { StreamARN: null, New: [] }],
  },
  {
    name: "DescribeStream",
    inputs: [{ StreamName: "demo" }, { StreamARN }, { StreamName: "demo", StreamARN }],
    bodies: [
      { StreamInfo: stream },
      "{}",
      { StreamInfo: { ...stream, DeviceName: null, DataRetentionInHours: 0, New: [stream] } },
      '{"StreamInfo":{"CreationTime":1e9,"DataRetentionInHours":1.0}}',
    ],
  },
  {
    name: "GetIceServerConfig",
    inputs: [
      { ChannelARN },
      { ChannelARN, ClientId: "viewer-1", Service: "TURN", Username: "me" },
      { ChannelARN, ClientId: null },
    ],
    bodies: [
      {
        IceServerList: [
          { Uris: ["turn:h:443?transport=udp", "turns:h:443?transport=tcp"], Username: "1:a", Password: "p=", Ttl: 300 },
          { Uris: [], Username: "", Password: null, Ttl: 30.5, New: 1 },
        ],
      },
      "{}",
      { IceServerList: [] },
      { IceServerList: [{ Uris: null }, { Uris: ["a", null] }] },
    ],
  },
  {
    name: "SendAlexaOfferToMaster",
    inputs: [
      { ChannelARN, SenderClientId: "alexa", MessagePayload: "aGVsbG8=" },
      { ChannelARN, SenderClientId: "A.b_c-d", MessagePayload: "A".repeat(10000) },
      { ChannelARN, SenderClientId: "alexa", MessagePayload: "x+/=", New: 1 },
    ],
    bodies: [{ Answer: "eA==" }, "{}", { Answer: null, New: 1 }],
  },
  {
    name: "JoinStorageSession",
    inputs: [{ channelArn: ChannelARN }, { channelArn: ChannelARN, New: 1 }, { channelArn: ChannelARN, clientId: "x" }],
    bodies: empty,
  },
  {
    name: "JoinStorageSessionAsViewer",
    inputs: [
      { channelArn: ChannelARN, clientId: "viewer-1" },
      { channelArn: ChannelARN, clientId: "A.b_c-d" },
      { channelArn: ChannelARN, clientId: "v", New: null },
    ],
    bodies: empty,
  },
];

// Status, the header's name, the body, and the name that both clients give it.
export const errors = [
  [404, "ResourceNotFoundException", { Message: "m" }, "ResourceNotFoundException"],
  [404, "ResourceNotFoundException:http://internal.amazon.com/coral/", { Message: "m" }, "ResourceNotFoundException"],
  [400, undefined, { __type: "com.amazonaws.kinesisvideo#InvalidArgumentException", message: "m" }, "InvalidArgumentException"],
  [400, undefined, { code: "ClientLimitExceededException", message: "Maximum number of viewers" }, "ClientLimitExceededException"],
  [400, "VersionMismatchException,x", { Message: "m" }, "VersionMismatchException"],
  [401, "NotAuthorizedException", { Message: "m" }, "NotAuthorizedException"],
  [403, "AccessDeniedException", { Message: "m" }, "AccessDeniedException"],
  [403, "UnrecognizedClientException", { message: "m" }, "UnrecognizedClientException"],
];
