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
  /** Makes a channel. */
  createSignalingChannel(
    input: CreateSignalingChannelInput,
    options?: CallOptions,
  ): Promise<CreateSignalingChannelOutput>;
  /** Tells what a channel is. */
  describeSignalingChannel(
    input: ChannelInput,
    options?: CallOptions,
  ): Promise<DescribeSignalingChannelOutput>;
  /** Changes how long a channel keeps messages. */
  updateSignalingChannel(
    input: UpdateSignalingChannelInput,
    options?: CallOptions,
  ): Promise<EmptyOutput>;
  /** Deletes a channel. */
  deleteSignalingChannel(
    input: DeleteSignalingChannelInput,
    options?: CallOptions,
  ): Promise<EmptyOutput>;
  /** One page; `NextToken` in the output, given with the next input, is the one after it. */
  listSignalingChannels(
    input?: ListSignalingChannelsInput,
    options?: CallOptions,
  ): Promise<ListSignalingChannelsOutput>;
  /** Tells where a channel is reached. */
  getSignalingChannelEndpoint(
    input: GetSignalingChannelEndpointInput,
    options?: CallOptions,
  ): Promise<GetSignalingChannelEndpointOutput>;
  /** Tells whether a channel's media are stored, and where. */
  describeMediaStorageConfiguration(
    input: ChannelInput,
    options?: CallOptions,
  ): Promise<DescribeMediaStorageConfigurationOutput>;
  /** Has a channel's media stored in a stream, or no longer. */
  updateMediaStorageConfiguration(
    input: UpdateMediaStorageConfigurationInput,
    options?: CallOptions,
  ): Promise<EmptyOutput>;
  /** Tells which channels store their media in a stream. */
  describeMappedResourceConfiguration(
    input: DescribeMappedResourceConfigurationInput,
    options?: CallOptions,
  ): Promise<DescribeMappedResourceConfigurationOutput>;
  /** Adds tags to a channel, or replaces their values. */
  tagResource(input: TagResourceInput, options?: CallOptions): Promise<EmptyOutput>;
  /** Takes tags off a channel. */
  untagResource(input: UntagResourceInput, options?: CallOptions): Promise<EmptyOutput>;
  /** Tells the tags of a channel. */
  listTagsForResource(
    input: ListTagsForResourceInput,
    options?: CallOptions,
  ): Promise<ListTagsForResourceOutput>;
  /** Makes a stream. */
  createStream(input: CreateStreamInput, options?: CallOptions): Promise<CreateStreamOutput>;
  /** Tells what a stream is. */
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

/** What `new KinesisVideoClient` takes. */
export interface KinesisVideoClientOptions {
  /** E.g. `us-west-2`. */
  region: string;
  /** The keys that calls are signed with. */
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
  logger?: {
    /** Takes the line of a success. */
    debug?(line: string): void;
    /** Takes the line of a failure. */
    warn?(line: string): void;
  };
}

/** What each call takes beside its input. */
export interface CallOptions {
  /** Gives the call up, which then rejects with `caller.aborted`. */
  signal?: AbortSignal;
  /** The same, as the AWS SDK calls it. */
  abortSignal?: AbortSignal;
  /** How long an attempt may take, in milliseconds, 1–600000. Default: the client's. */
  timeoutMs?: number;
}

/** Part of the input of calls that go to a channel's own endpoint. */
export interface EndpointInput {
  /** The channel's endpoint. Where it is not given, it is looked up, and kept. */
  endpoint?: string;
}

/** What each call of a channel's own endpoint takes beside its input. */
export interface ChannelCallOptions extends CallOptions, EndpointInput {
  /** The role whose endpoint is looked up. Default `VIEWER`; `joinStorageSession`: `MASTER`. */
  role?: "MASTER" | "VIEWER";
}

/** What is known of an answer beside its output. */
export interface ResponseMetadata {
  /** Of the last attempt. */
  httpStatusCode?: number;
  /** A browser shows it where the service exposes it. */
  requestId?: string;
  /** From the header `x-amz-id-2`, where there is one. */
  extendedRequestId?: string;
  /** From the header `x-amz-cf-id`, where there is one. */
  cfId?: string;
  /** How often the call was sent. */
  attempts?: number;
  /** Milliseconds between attempts, in all. */
  totalRetryDelay?: number;
}

/** What each output has, and what those have nothing beside that tell nothing. */
export interface EmptyOutput {
  /** What is known of the answer. */
  $metadata: ResponseMetadata;
}

/** A channel by its name or its ARN. */
export type ChannelInput =
  | {
      /** Its name. */
      ChannelName: string;
      /** Its ARN. */
      ChannelARN?: string;
    }
  | {
      /** Not needed beside the ARN. */
      ChannelName?: undefined;
      /** Its ARN. */
      ChannelARN: string;
    };

/** A tag of a channel. */
export interface Tag {
  /** Its name. */
  Key: string;
  /** Its value. */
  Value: string;
}

/** How a channel works. */
export interface SingleMasterConfiguration {
  /** How long a message is kept for a peer that is not there, 5–120 seconds. */
  MessageTtlSeconds?: number;
}

/** What `createSignalingChannel` takes. */
export interface CreateSignalingChannelInput {
  /** The name, 1–256 of `a-zA-Z0-9_.-`. */
  ChannelName: string;
  /** By default `SINGLE_MASTER`. */
  ChannelType?: "SINGLE_MASTER" | "FULL_MESH";
  /** How it works. */
  SingleMasterConfiguration?: SingleMasterConfiguration;
  /** At most 50. */
  Tags?: Tag[];
}

/** What `createSignalingChannel` answers. */
export interface CreateSignalingChannelOutput extends EmptyOutput {
  /** The new channel. */
  ChannelARN?: string;
}

/** A channel as the service describes it. */
export interface ChannelInfo {
  /** Its name. */
  ChannelName?: string;
  /** Its ARN. */
  ChannelARN?: string;
  /** Its type. */
  ChannelType?: "SINGLE_MASTER" | "FULL_MESH";
  /** Calls can be made where it is `ACTIVE`. */
  ChannelStatus?: "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";
  /** When it was made. */
  CreationTime?: Date;
  /** How it works. */
  SingleMasterConfiguration?: SingleMasterConfiguration;
  /** Another after each change. */
  Version?: string;
}

/** What `describeSignalingChannel` answers. */
export interface DescribeSignalingChannelOutput extends EmptyOutput {
  /** The channel. */
  ChannelInfo?: ChannelInfo;
}

/** What `updateSignalingChannel` takes. */
export interface UpdateSignalingChannelInput {
  /** The channel. */
  ChannelARN: string;
  /** The `Version` that the channel has. */
  CurrentVersion: string;
  /** How it is to work. */
  SingleMasterConfiguration?: SingleMasterConfiguration;
}

/** What `deleteSignalingChannel` takes. */
export interface DeleteSignalingChannelInput {
  /** The channel. */
  ChannelARN: string;
  /** Where it is given, the channel has to have it. */
  CurrentVersion?: string;
}

/** What `listSignalingChannels` takes. */
export interface ListSignalingChannelsInput {
  /** 1–10000; by default 500. A page may have fewer, though more follow. */
  MaxResults?: number;
  /** From the output before. */
  NextToken?: string;
  /** Which channels are listed; without it, all. */
  ChannelNameCondition?: {
    /** How the names are compared. */
    ComparisonOperator?: "BEGINS_WITH";
    /** What they are compared with. */
    ComparisonValue?: string;
  };
}

/** What `listSignalingChannels` answers. */
export interface ListSignalingChannelsOutput extends EmptyOutput {
  /** The channels of this page. */
  ChannelInfoList?: ChannelInfo[];
  /** Of the next page, where there is one. */
  NextToken?: string;
}

/** What `getSignalingChannelEndpoint` takes. */
export interface GetSignalingChannelEndpointInput {
  /** The channel. */
  ChannelARN: string;
  /** Which endpoints. */
  SingleMasterChannelEndpointConfiguration?: {
    /** `WEBRTC` is refused where the channel's media is not stored. */
    Protocols?: ("WSS" | "HTTPS" | "WEBRTC")[];
    /** For whom. */
    Role?: "MASTER" | "VIEWER";
  };
}

/** What `getSignalingChannelEndpoint` answers. */
export interface GetSignalingChannelEndpointOutput extends EmptyOutput {
  /** In no particular order. */
  ResourceEndpointList?: {
    /** What is spoken there. */
    Protocol?: "WSS" | "HTTPS" | "WEBRTC";
    /** Its URL. */
    ResourceEndpoint?: string;
  }[];
}

/** What `describeMediaStorageConfiguration` answers. */
export interface DescribeMediaStorageConfigurationOutput extends EmptyOutput {
  /** Where media are stored. */
  MediaStorageConfiguration?: {
    /** The stream that media are stored in. */
    StreamARN?: string;
    /** Whether they are. */
    Status?: "ENABLED" | "DISABLED";
  };
}

/** What `updateMediaStorageConfiguration` takes. */
export interface UpdateMediaStorageConfigurationInput {
  /** The channel. */
  ChannelARN: string;
  /** Where media are to be stored. */
  MediaStorageConfiguration: {
    /** The stream that media are stored in. */
    StreamARN?: string | null;
    /** Whether they are. */
    Status: "ENABLED" | "DISABLED";
  };
}

/** A stream, and which page of what is mapped to it. */
export type DescribeMappedResourceConfigurationInput = StreamInput & {
  /** How many a page has at most. */
  MaxResults?: number;
  /** From the output before. */
  NextToken?: string;
};

/** What `describeMappedResourceConfiguration` answers. */
export interface DescribeMappedResourceConfigurationOutput extends EmptyOutput {
  /** What media is stored to the stream. */
  MappedResourceConfigurationList?: {
    /** What it is. */
    Type?: string;
    /** Which. */
    ARN?: string;
  }[];
  /** Of the next page, where there is one. */
  NextToken?: string;
}

/** What `tagResource` takes. */
export interface TagResourceInput {
  /** The channel. */
  ResourceARN: string;
  /** 1–50. */
  Tags: Tag[];
}

/** What `untagResource` takes. */
export interface UntagResourceInput {
  /** The channel. */
  ResourceARN: string;
  /** 1–50. */
  TagKeyList: string[];
}

/** What `listTagsForResource` takes. */
export interface ListTagsForResourceInput {
  /** The channel. */
  ResourceARN: string;
  /** From the output before. */
  NextToken?: string;
}

/** What `listTagsForResource` answers. */
export interface ListTagsForResourceOutput extends EmptyOutput {
  /** Of the next page, where there is one. */
  NextToken?: string;
  /** Values by names. */
  Tags?: Record<string, string>;
}

/** What `getIceServerConfig` takes. */
export interface GetIceServerConfigInput {
  /** The channel. */
  ChannelARN: string;
  /** The viewer's id. */
  ClientId?: string;
  /** By default `TURN`. */
  Service?: "TURN";
  /** A name that becomes part of the login. */
  Username?: string;
}

/** A TURN server and a login for it. */
export interface IceServer {
  /** Its addresses, by transport. */
  Uris?: string[];
  /** The name of the login. */
  Username?: string;
  /** Its password. */
  Password?: string;
  /** Seconds that the login is good for. */
  Ttl?: number;
}

/** What `getIceServerConfig` answers. */
export interface GetIceServerConfigOutput extends EmptyOutput {
  /** The servers. */
  IceServerList?: IceServer[];
}

/** What `sendAlexaOfferToMaster` takes. */
export interface SendAlexaOfferToMasterInput {
  /** The channel. */
  ChannelARN: string;
  /** Whom the master is to see as the sender. */
  SenderClientId: string;
  /** The offer in base64. */
  MessagePayload: string;
}

/** What `sendAlexaOfferToMaster` answers. */
export interface SendAlexaOfferToMasterOutput extends EmptyOutput {
  /** The master's answer in base64. */
  Answer?: string;
}

/** What `joinStorageSession` takes. */
export interface JoinStorageSessionInput {
  /** The channel. */
  channelArn: string;
}

/** What `joinStorageSessionAsViewer` takes. */
export interface JoinStorageSessionAsViewerInput {
  /** The channel. */
  channelArn: string;
  /** The id that the viewer is connected as. */
  clientId: string;
}
