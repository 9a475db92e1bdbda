/** AWS keys. They are held in memory only, for as long as the object that was given them. */
export interface Credentials {
  /** The access key id. */
  accessKeyId: string;
  /** Its secret. */
  secretAccessKey: string;
  /** Needed with temporary keys. */
  sessionToken?: string;
  /**
   * Until when they are good. What a function gave is kept until five minutes before that, or until the service
   * calls it expired.
   */
  expiration?: Date;
}

/** An object of the AWS SDK, version 2, which holds keys and renews them. */
export interface RenewingCredentials {
  /** Has the keys renewed where that is due; they are read once it has resolved. */
  getPromise(): Promise<unknown>;
}

/**
 * Keys; an object that renews them; or a function that fetches them each time they are needed, such
 * as a provider of the AWS SDK, version 3. An object is read each time, so that it may be changed.
 */
export type CredentialsInput =
  | Credentials
  | RenewingCredentials
  | (() => Credentials | Promise<Credentials>);

/** Every error of this package. */
export interface KvsError extends Error {
  /** Always the same. */
  name: "KvsError";
  /** Stable and dotted, the culprit first: `keys.wrongSecret`, `service.channelNotFound`, … */
  code: string;
  /** What to do about it. */
  hint: string;
  /** Whether the same call may succeed when made again. */
  retryable: boolean;
  /** What led to it, where that is known: what the application's function or the browser threw, or another error. */
  cause?: unknown;
  /** What the service answered, where it did. */
  service?: {
    /** What the service calls the error, e.g. `ResourceNotFoundException`; a browser may hide it. */
    name?: string;
    /** The HTTP status. */
    status: number;
    /** With the calls of `KinesisVideoClient`. */
    requestId?: string;
  };
  /** With the calls of `KinesisVideoClient` that were sent: as the AWS SDK has it. */
  $metadata?: ResponseMetadata;
  /**
   * What may be behind it, the likeliest first, none of it a fact: with `service.refused`, and with the
   * `network.socketClosed` of a master that no longer opens its connection again.
   */
  likely?: string[];
}

/** This package's version. */
export function version(): string;
