/** The service's REST calls, with the member names of the AWS SDK. Each rejects with a `KvsError`. */
export class KinesisVideoClient {
  constructor(options: { region: string; credentials: CredentialsInput; endpoint?: string });
  createSignalingChannel(input: { ChannelName: string }): Promise<{ ChannelARN: string }>;
  describeSignalingChannel(
    input: { ChannelName: string } | { ChannelARN: string },
  ): Promise<{ ChannelInfo: ChannelInfo }>;
  /** Both protocols are told, whichever are asked for. */
  getSignalingChannelEndpoint(input: {
    ChannelARN: string;
    SingleMasterChannelEndpointConfiguration: { Protocols: ("WSS" | "HTTPS")[]; Role: "MASTER" | "VIEWER" };
  }): Promise<{ ResourceEndpointList: { Protocol: string; ResourceEndpoint: string }[] }>;
  /** Asks the channel's HTTPS endpoint, which it looks up first where it is not given as `endpoint`. */
  getIceServerConfig(input: {
    ChannelARN: string;
    ClientId?: string;
    endpoint?: string;
  }): Promise<{ IceServerList: { Uris: string[]; Username: string; Password: string; Ttl: number }[] }>;
}

/** A channel as the service describes it. */
export interface ChannelInfo {
  ChannelName: string;
  ChannelARN: string;
  ChannelType: string;
  ChannelStatus: "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";
  CreationTime?: Date;
  SingleMasterConfiguration?: { MessageTtlSeconds: number };
  Version?: string;
}
