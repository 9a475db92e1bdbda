/** Parameters of a signed URL: `X-Amz-ChannelARN`, and for a viewer `X-Amz-ClientId`. */
export type QueryParams = { [queryParam: string]: string };

/** Signs the URL of a WebSocket: `SigV4RequestSigner`, or your own, which may ask a back end. */
export interface RequestSigner {
  getSignedURL(signalingEndpoint: string, queryParams: QueryParams, date?: Date): Promise<string>;
}

/** Which STUN server. */
export interface FipsConfig {
  /** The one over TLS with validated cryptography. */
  useFipsEndpoints: boolean;
  /** The one that answers over IPv6 too. */
  useDualStackEndpoints: boolean;
  region: string;
}

/** The URL of the service's STUN server in a region of any partition. */
export function generateStunUrl(config: FipsConfig): string;

/**
 * Keys for signing, read anew before each URL: an object (one of the AWS SDK's version 2 is asked
 * to refresh itself by `getPromise` first), or a function that gives one, as providers of the AWS
 * SDK's version 3 are.
 */
export type SigningCredentials =
  | (Credentials & { getPromise?(): Promise<void> })
  | (() => Credentials | Promise<Credentials>);

/** Signs WebSocket URLs with AWS Signature Version 4. */
export class SigV4RequestSigner implements RequestSigner {
  /** @param service By default `kinesisvideo`. */
  constructor(region: string, credentials: SigningCredentials, service?: string);
  /**
   * A URL that opens the WebSocket to whoever has it, from five minutes before `date` until 299
   * seconds after it. Rejects with a `KvsError`: `caller.invalidArgument`, `keys.missing`.
   *
   * @param endpoint `wss://…` without a query; `ws://` where the host is this computer.
   * @param date By default now.
   */
  getSignedURL(endpoint: string, queryParams: QueryParams, date?: Date): Promise<string>;
}

/** Which side of a channel: the values of `Role`. */
export type SignalingRole = "MASTER" | "VIEWER";

/** Where a `SignalingClient` writes what it does; `console` is one. */
export interface SignalingClientLogger {
  debug(...data: unknown[]): void;
  log(...data: unknown[]): void;
  warn(...data: unknown[]): void;
}

/** What a `SignalingClient` is made of. It is copied. */
export interface SignalingClientConfig {
  role: SignalingRole;
  channelARN: string;
  /** The channel's WSS endpoint for the role, from `GetSignalingChannelEndpoint`. */
  channelEndpoint: string;
  region: string;
  /** A viewer's own id, 1–256 of `a-zA-Z0-9_.-`; a master has none. */
  clientId?: string | null;
  /** Needed where there is no `requestSigner`. */
  credentials?: SigningCredentials;
  requestSigner?: RequestSigner;
  /** Milliseconds that this computer's clock is behind the service's; by default 0. */
  systemClockOffset?: number;
  /** Whether candidates that come before an offer or answer wait for `drainPendingIceCandidates`. */
  enableEarlyIceCandidateBuffering?: boolean;
  logger?: SignalingClientLogger;
  /** The class of the socket, by default the global one. Node has none before version 22. */
  WebSocket?: new (url: string) => WebSocketLike;
}

/** What is used of a WebSocket. */
export interface WebSocketLike {
  send(data: string): void;
  close(): void;
  addEventListener(type: string, listener: (event: never) => void): void;
  removeEventListener(type: string, listener: (event: never) => void): void;
}

/** The service's report that it could not deliver a message that had a correlation id. */
export interface StatusResponse {
  correlationId: string;
  success: boolean;
  errorType?: string;
  /** An HTTP status as text, e.g. `400`. */
  statusCode?: string;
  description?: string;
}

/** How a connection ended. */
export interface SignalingClose {
  /** The close frame's code; 1006 where there was none, or no socket. */
  code: number;
  reason: string;
  wasClean: boolean;
  /** Whether `close()` was called. */
  expected: boolean;
}

/** A session description or candidate to be sent: the browser's object, or one of its members. */
export type SignalingPayload<T> = T | { toJSON(): T };

/** The listeners' arguments. `senderClientId` is `undefined` where the master sent it. */
export interface SignalingClientEvents {
  open: [];
  sdpOffer: [offer: RTCSessionDescriptionInit, senderClientId: string | undefined];
  sdpAnswer: [answer: RTCSessionDescriptionInit, senderClientId: string | undefined];
  iceCandidate: [candidate: RTCIceCandidateInit, senderClientId: string | undefined];
  statusResponse: [status: StatusResponse];
  /** The service will close this connection within a minute. */
  goAway: [];
  /** The TURN servers in use are going away: get new ones and restart ICE. */
  reconnectIceServer: [];
  /** Where nobody listens, the error is logged. */
  error: [error: KvsError];
  close: [close: SignalingClose];
}

/** Frames that were passed over, by reason. */
export interface DroppedMessages {
  tooLong: number;
  malformed: number;
  unknownType: number;
  badPayload: number;
  badSender: number;
  tooManyCandidates: number;
  outdatedCandidate: number;
}

/**
 * Sends and receives the messages of a signaling channel: the class of the JavaScript SDK, with its
 * methods, events and errors, and the methods of Node's `EventEmitter`.
 *
 * A listener that throws or rejects is reported to the logger, or to the console, and disturbs
 * nothing else.
 */
export class SignalingClient {
  /** Throws `caller.invalidArgument`. */
  constructor(config: SignalingClientConfig);
  /** Begins to connect; a socket that does not open within 10 seconds is given up. Throws `caller.alreadyStarted`. */
  open(): void;
  /** Closes the connection, or ends the attempt to open it. Does nothing where it is closed. */
  close(): void;
  /** Throws `caller.notConnected`, `caller.invalidArgument`. A master names the viewer, a viewer nobody. */
  sendSdpOffer(
    offer: SignalingPayload<RTCSessionDescriptionInit>,
    recipientClientId?: string | null,
    correlationId?: string | null,
  ): void;
  /** As `sendSdpOffer`. */
  sendSdpAnswer(
    answer: SignalingPayload<RTCSessionDescriptionInit>,
    recipientClientId?: string | null,
    correlationId?: string | null,
  ): void;
  /** As `sendSdpOffer`. */
  sendIceCandidate(
    candidate: SignalingPayload<RTCIceCandidateInit>,
    recipientClientId?: string | null,
    correlationId?: string | null,
  ): void;
  /** Emits the candidates that are held for a viewer, or for the master where none is named. */
  drainPendingIceCandidates(clientId?: string): void;
  /** The candidates that are held for a viewer, or for the master where none is named. */
  getPendingIceCandidates(clientId?: string): object[];
  /** Forgets the candidates and descriptions of a viewer, or of the master. */
  resetIceCandidateState(clientId?: string): void;
  isEarlyIceCandidateBufferingEnabled(): boolean;
  /** How many frames were passed over since this object was made. */
  readonly droppedMessages: DroppedMessages;

  on<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  addListener<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  prependListener<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  once<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  prependOnceListener<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  off<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  removeListener<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  removeAllListeners(event?: keyof SignalingClientEvents): this;
  emit<E extends keyof SignalingClientEvents>(event: E, ...args: SignalingClientEvents[E]): boolean;
  listenerCount<E extends keyof SignalingClientEvents>(event: E, listener?: SignalingListener<E>): number;
  listeners<E extends keyof SignalingClientEvents>(event: E): SignalingListener<E>[];
  rawListeners<E extends keyof SignalingClientEvents>(event: E): SignalingListener<E>[];
  eventNames(): (keyof SignalingClientEvents)[];
  setMaxListeners(n: number): this;
  getMaxListeners(): number;
}

/** Is called with the object it listens to as `this`; what it gives is not used. */
export type SignalingListener<E extends keyof SignalingClientEvents> = (
  this: SignalingClient,
  ...args: SignalingClientEvents[E]
) => unknown;
