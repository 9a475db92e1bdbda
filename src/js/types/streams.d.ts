/** A stream by its name or its ARN. */
export type StreamInput =
  | {
      /** Its name. */
      StreamName: string;
      /** Its ARN. */
      StreamARN?: string;
    }
  | {
      /** Not needed beside the ARN. */
      StreamName?: undefined;
      /** Its ARN. */
      StreamARN: string;
    };

/** What `createStream` takes. */
export interface CreateStreamInput {
  /** The name, 1–256 of `a-zA-Z0-9_.-`. */
  StreamName: string;
  /** The name of the device that writes to it. */
  DeviceName?: string;
  /** E.g. `video/h264,audio/aac`. */
  MediaType?: string;
  /** The key that data are encrypted with, instead of the service's own. */
  KmsKeyId?: string;
  /** With 0, the default, nothing is kept. */
  DataRetentionInHours?: number;
  /** Values by names, at most 50. */
  Tags?: Record<string, string>;
  /** How it is stored. */
  StreamStorageConfiguration?: {
    /** `WARM` costs less for what is kept long. */
    DefaultStorageTier: "HOT" | "WARM";
  };
}

/** What `createStream` answers. */
export interface CreateStreamOutput extends EmptyOutput {
  /** The new stream. */
  StreamARN?: string;
}

/** A stream as the service describes it. */
export interface StreamInfo {
  /** The name of the device that writes to it. */
  DeviceName?: string;
  /** Its name. */
  StreamName?: string;
  /** Its ARN. */
  StreamARN?: string;
  /** E.g. `video/h264,audio/aac`. */
  MediaType?: string;
  /** The key that data are encrypted with. */
  KmsKeyId?: string;
  /** Another after each change. */
  Version?: string;
  /** It can be used where it is `ACTIVE`. */
  Status?: "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";
  /** When it was made. */
  CreationTime?: Date;
  /** How long data are kept. */
  DataRetentionInHours?: number;
}

/** What `describeStream` answers. */
export interface DescribeStreamOutput extends EmptyOutput {
  /** The stream. */
  StreamInfo?: StreamInfo;
}
