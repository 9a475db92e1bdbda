/**
 * The service's REST calls: inputs and outputs are those of the AWS SDK, version 3.
 *
 * A call is tried three times where that may help: after network errors, time-outs, failures of the
 * service and throttles (not where the channel is full). A wrong clock is found out by the answers
 * and made up for. Each call rejects with a `KvsError`; `error.service.name` is the AWS SDK's name
 * of what the service refused.
 *
 * The input is checked before anything is sent; `caller.invalidArgument` names the member. Members
 * that the operation does not have are left out, as those that are `null`.
 */
export class KinesisVideoClient {
  constructor(options: KinesisVideoClientOptions);
  createSignalingChannel(
    input: CreateSignalingChannelInput,
    options?: CallOptions,
  ): Promise<CreateSignalingChannelOutput>;
  describeSignalingChannel(
    input: ChannelInput,
    options?: CallOptions,
  ): Promise<DescribeSignalingChannelOutput>;
  updateSignalingChannel(
    input: UpdateSignalingChannelInput,
    options?: CallOptions,
  ): Promise<EmptyOutput>;
  deleteSignalingChannel(
    input: DeleteSignalingChannelInput,
    options?: CallOptions,
  ): Promise<EmptyOutput>;
  /** One page; `NextToken` in the output, given with the next input, is the one after it. */
  listSignalingChannels(
    input?: ListSignalingChannelsInput,
    options?: CallOptions,
  ): Promise<ListSignalingChannelsOutput>;
  getSignalingChannelEndpoint(
    input: GetSignalingChannelEndpointInput,
    options?: CallOptions,
  ): Promise<GetSignalingChannelEndpointOutput>;
  describeMediaStorageConfiguration(
    input: ChannelInput,
    options?: CallOptions,
  ): Promise<DescribeMediaStorageConfigurationOutput>;
  updateMediaStorageConfiguration(
    input: UpdateMediaStorageConfigurationInput,
    options?: CallOptions,
  ): Promise<EmptyOutput>;
  describeMappedResourceConfiguration(
    input: DescribeMappedResourceConfigurationInput,
    options?: CallOptions,
  ): Promise<DescribeMappedResourceConfigurationOutput>;
  tagResource(input: TagResourceInput, options?: CallOptions): Promise<EmptyOutput>;
  untagResource(input: UntagResourceInput, options?: CallOptions): Promise<EmptyOutput>;
  listTagsForResource(
    input: ListTagsForResourceInput,
    options?: CallOptions,
  ): Promise<ListTagsForResourceOutput>;
  createStream(input: CreateStreamInput, options?: CallOptions): Promise<CreateStreamOutput>;
  describeStream(input: StreamInput, options?: CallOptions): Promise<DescribeStreamOutput>;
  /** Asks the channel's HTTPS endpoint. */
  getIceServerConfig(
    input: GetIceServerConfigInput & EndpointInput,
    options?: ChannelCallOptions,
  ): Promise<GetIceServerConfigOutput>;
  /** Asks the channel's HTTPS endpoint. */
  sendAlexaOfferToMaster(
    input: SendAlexaOfferToMasterInput & EndpointInput,
    options?: ChannelCallOptions,
  ): Promise<SendAlexaOfferToMasterOutput>;
  /** Asks the channel's WEBRTC endpoint, by default its master's. */
  joinStorageSession(
    input: JoinStorageSessionInput & EndpointInput,
    options?: ChannelCallOptions,
  ): Promise<EmptyOutput>;
  /** Asks the channel's WEBRTC endpoint. */
  joinStorageSessionAsViewer(
    input: JoinStorageSessionAsViewerInput & EndpointInput,
    options?: ChannelCallOptions,
  ): Promise<EmptyOutput>;
}

export interface KinesisVideoClientOptions {
  /** E.g. `us-west-2`. */
  region: string;
  credentials: CredentialsInput;
  /** Instead of the region's own host: `https://` or, for an emulator, `http://`. */
  endpoint?: string;
  /** Uses the region's host that is reached over IPv6 too. Default `false`. */
  useDualstackEndpoint?: boolean;
  /** Uses the region's FIPS host; there is one in `us-gov-…` and `us-iso…`. Default `false`. */
  useFipsEndpoint?: boolean;
  /** How often a call is tried, 1–10. Default 3. */
  maxAttempts?: number;
  /** How long an attempt may take, in milliseconds, 1–600000. Default 10000. */
  timeoutMs?: number;
  /** Instead of the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Hears one line of every call: `debug` of a success, `warn` of a failure. */
  logger?: { debug?(line: string): void; warn?(line: string): void };
}

export interface CallOptions {
  /** Gives the call up, which then rejects with `caller.aborted`. */
  signal?: AbortSignal;
  /** The same, as the AWS SDK calls it. */
  abortSignal?: AbortSignal;
  /** How long an attempt may take, in milliseconds, 1–600000. Default: the client's. */
  timeoutMs?: number;
}

export interface EndpointInput {
  /** The channel's endpoint. Where it is not given, it is looked up, and kept. */
  endpoint?: string;
}

export interface ChannelCallOptions extends CallOptions, EndpointInput {
  /** The role whose endpoint is looked up. Default `VIEWER`; `joinStorageSession`: `MASTER`. */
  role?: "MASTER" | "VIEWER";
}

/** What is known of an answer beside its output. */
export interface ResponseMetadata {
  httpStatusCode?: number;
  /** A browser shows it where the service exposes it. */
  requestId?: string;
  extendedRequestId?: string;
  cfId?: string;
  /** How often the call was sent. */
  attempts?: number;
  /** Milliseconds between attempts, in all. */
  totalRetryDelay?: number;
}

export interface EmptyOutput {
  $metadata: ResponseMetadata;
}

/** A channel by its name or its ARN. */
export type ChannelInput =
  | { ChannelName: string; ChannelARN?: string }
  | { ChannelName?: undefined; ChannelARN: string };

/** A stream by its name or its ARN. */
export type StreamInput =
  | { StreamName: string; StreamARN?: string }
  | { StreamName?: undefined; StreamARN: string };

export interface Tag {
  Key: string;
  Value: string;
}

export interface SingleMasterConfiguration {
  /** How long a message is kept for a peer that is not there, 5–120 seconds. */
  MessageTtlSeconds?: number;
}

export interface CreateSignalingChannelInput {
  ChannelName: string;
  ChannelType?: "SINGLE_MASTER" | "FULL_MESH";
  SingleMasterConfiguration?: SingleMasterConfiguration;
  Tags?: Tag[];
}

export interface CreateSignalingChannelOutput extends EmptyOutput {
  ChannelARN?: string;
}

/** A channel as the service describes it. */
export interface ChannelInfo {
  ChannelName?: string;
  ChannelARN?: string;
  ChannelType?: "SINGLE_MASTER" | "FULL_MESH";
  ChannelStatus?: "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";
  CreationTime?: Date;
  SingleMasterConfiguration?: SingleMasterConfiguration;
  Version?: string;
}

export interface DescribeSignalingChannelOutput extends EmptyOutput {
  ChannelInfo?: ChannelInfo;
}

export interface UpdateSignalingChannelInput {
  ChannelARN: string;
  /** The `Version` that the channel has. */
  CurrentVersion: string;
  SingleMasterConfiguration?: SingleMasterConfiguration;
}

export interface DeleteSignalingChannelInput {
  ChannelARN: string;
  /** Where it is given, the channel has to have it. */
  CurrentVersion?: string;
}

export interface ListSignalingChannelsInput {
  /** 1–10000; by default 500. A page may have fewer, though more follow. */
  MaxResults?: number;
  NextToken?: string;
  ChannelNameCondition?: { ComparisonOperator?: "BEGINS_WITH"; ComparisonValue?: string };
}

export interface ListSignalingChannelsOutput extends EmptyOutput {
  ChannelInfoList?: ChannelInfo[];
  NextToken?: string;
}

export interface GetSignalingChannelEndpointInput {
  ChannelARN: string;
  SingleMasterChannelEndpointConfiguration?: {
    /** `WEBRTC` is refused where the channel's media is not stored. */
    Protocols?: ("WSS" | "HTTPS" | "WEBRTC")[];
    Role?: "MASTER" | "VIEWER";
  };
}

export interface GetSignalingChannelEndpointOutput extends EmptyOutput {
  /** In no particular order. */
  ResourceEndpointList?: { Protocol?: "WSS" | "HTTPS" | "WEBRTC"; ResourceEndpoint?: string }[];
}

export interface DescribeMediaStorageConfigurationOutput extends EmptyOutput {
  MediaStorageConfiguration?: { StreamARN?: string; Status?: "ENABLED" | "DISABLED" };
}

export interface UpdateMediaStorageConfigurationInput {
  ChannelARN: string;
  MediaStorageConfiguration: { StreamARN?: string | null; Status: "ENABLED" | "DISABLED" };
}

export type DescribeMappedResourceConfigurationInput = StreamInput & {
  MaxResults?: number;
  NextToken?: string;
};

export interface DescribeMappedResourceConfigurationOutput extends EmptyOutput {
  MappedResourceConfigurationList?: { Type?: string; ARN?: string }[];
  NextToken?: string;
}

export interface TagResourceInput {
  ResourceARN: string;
  /** 1–50. */
  Tags: Tag[];
}

export interface UntagResourceInput {
  ResourceARN: string;
  /** 1–50. */
  TagKeyList: string[];
}

export interface ListTagsForResourceInput {
  ResourceARN: string;
  NextToken?: string;
}

export interface ListTagsForResourceOutput extends EmptyOutput {
  NextToken?: string;
  Tags?: Record<string, string>;
}

export interface CreateStreamInput {
  StreamName: string;
  DeviceName?: string;
  /** E.g. `video/h264,audio/aac`. */
  MediaType?: string;
  KmsKeyId?: string;
  /** With 0, the default, nothing is kept. */
  DataRetentionInHours?: number;
  Tags?: Record<string, string>;
  StreamStorageConfiguration?: { DefaultStorageTier: "HOT" | "WARM" };
}

export interface CreateStreamOutput extends EmptyOutput {
  StreamARN?: string;
}

/** A stream as the service describes it. */
export interface StreamInfo {
  DeviceName?: string;
  StreamName?: string;
  StreamARN?: string;
  MediaType?: string;
  KmsKeyId?: string;
  Version?: string;
  Status?: "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";
  CreationTime?: Date;
  DataRetentionInHours?: number;
}

export interface DescribeStreamOutput extends EmptyOutput {
  StreamInfo?: StreamInfo;
}

export interface GetIceServerConfigInput {
  ChannelARN: string;
  ClientId?: string;
  Service?: "TURN";
  Username?: string;
}

/** A TURN server and a login for it. */
export interface IceServer {
  Uris?: string[];
  Username?: string;
  Password?: string;
  /** Seconds that the login is good for. */
  Ttl?: number;
}

export interface GetIceServerConfigOutput extends EmptyOutput {
  IceServerList?: IceServer[];
}

export interface SendAlexaOfferToMasterInput {
  ChannelARN: string;
  SenderClientId: string;
  /** The offer in base64. */
  MessagePayload: string;
}

export interface SendAlexaOfferToMasterOutput extends EmptyOutput {
  /** The master's answer in base64. */
  Answer?: string;
}

export interface JoinStorageSessionInput {
  channelArn: string;
}

export interface JoinStorageSessionAsViewerInput {
  channelArn: string;
  clientId: string;
}
