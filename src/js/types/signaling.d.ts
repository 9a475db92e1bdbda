/** Parameters of a signed URL: `X-Amz-ChannelARN`, and for a viewer `X-Amz-ClientId`. */
export type QueryParams = { [queryParam: string]: string };

/** Signs the URL of a WebSocket: `SigV4RequestSigner`, or your own, which may ask a back end. */
export interface RequestSigner {
  /** Gives the endpoint's URL with these parameters, signed as of `date`, by default now. */
  getSignedURL(signalingEndpoint: string, queryParams: QueryParams, date?: Date): Promise<string>;
}

/** Which STUN server. */
export interface FipsConfig {
  /** The one over TLS with validated cryptography. */
  useFipsEndpoints: boolean;
  /** The one that answers over IPv6 too. */
  useDualStackEndpoints: boolean;
  /** E.g. `us-west-2`. */
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
  | (Credentials & {
      /** Has the keys renewed where that is due. */
      getPromise?(): Promise<void>;
    })
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
  /** Takes a step of the connection. */
  debug(...data: unknown[]): void;
  /** Takes what is worth knowing. */
  log(...data: unknown[]): void;
  /** Takes what should not have happened. */
  warn(...data: unknown[]): void;
}

/** What a `SignalingClient` is made of. It is copied. */
export interface SignalingClientConfig {
  /** Which side of the channel it is. */
  role: SignalingRole;
  /** The channel. */
  channelARN: string;
  /** The channel's WSS endpoint for the role, from `GetSignalingChannelEndpoint`. */
  channelEndpoint: string;
  /** The region that URLs are signed for. */
  region: string;
  /** A viewer's own id, 1–256 of `a-zA-Z0-9_.-`; a master has none. */
  clientId?: string | null;
  /** Needed where there is no `requestSigner`. */
  credentials?: SigningCredentials;
  /** Signs the URLs, instead of `credentials`. */
  requestSigner?: RequestSigner;
  /** Milliseconds that this computer's clock is behind the service's; by default 0. */
  systemClockOffset?: number;
  /** Whether candidates that come before an offer or answer wait for `drainPendingIceCandidates`. */
  enableEarlyIceCandidateBuffering?: boolean;
  /** Takes what it does. Default: none. */
  logger?: SignalingClientLogger;
  /** The class of the socket, by default the global one. Node has none before version 22. */
  WebSocket?: {
    /** Makes a socket that begins to connect. */
    new (url: string): WebSocketLike;
  };
}

/** What is used of a WebSocket. */
export interface WebSocketLike {
  /** Sends a text frame. */
  send(data: string): void;
  /** Closes the socket. */
  close(): void;
  /** Listens for `open`, `message`, `error` or `close`. */
  addEventListener(type: string, listener: (event: never) => void): void;
  /** Ends that. */
  removeEventListener(type: string, listener: (event: never) => void): void;
}

/** The service's report that it could not deliver a message that had a correlation id. */
export interface StatusResponse {
  /** That of the message. */
  correlationId: string;
  /** Whether it was delivered. */
  success: boolean;
  /** The service's name of what went wrong. */
  errorType?: string;
  /** An HTTP status as text, e.g. `400`. */
  statusCode?: string;
  /** What went wrong, in words. */
  description?: string;
}

/** How a connection ended. */
export interface SignalingClose {
  /** The close frame's code; 1006 where there was none, or no socket. */
  code: number;
  /** The close frame's words; empty where there were none. */
  reason: string;
  /** Whether the other side took part in it. */
  wasClean: boolean;
  /** Whether `close()` was called. */
  expected: boolean;
}

/** A session description or candidate to be sent: the browser's object, or one of its members. */
export type SignalingPayload<T> =
  | T
  | {
      /** Gives what is to be sent. */
      toJSON(): T;
    };

/** The listeners' arguments. `senderClientId` is `undefined` where the master sent it. */
export interface SignalingClientEvents {
  /** Messages can be sent. */
  open: [];
  /** A viewer offers a connection. */
  sdpOffer: [offer: RTCSessionDescriptionInit, senderClientId: string | undefined];
  /** An offer is answered. */
  sdpAnswer: [answer: RTCSessionDescriptionInit, senderClientId: string | undefined];
  /** A candidate of the other side; after its description, where early ones are held. */
  iceCandidate: [candidate: RTCIceCandidateInit, senderClientId: string | undefined];
  /** A message with a correlation id could not be delivered. */
  statusResponse: [status: StatusResponse];
  /** The service will close this connection within a minute. */
  goAway: [];
  /** The TURN servers in use are going away: get new ones and restart ICE. */
  reconnectIceServer: [];
  /** Where nobody listens, the error is logged. */
  error: [error: KvsError];
  /** The connection is closed, or could not be opened. */
  close: [close: SignalingClose];
}

/** Frames that were passed over, by reason. */
export interface DroppedMessages {
  /** Longer than any that the service sends. */
  tooLong: number;
  /** No text, no JSON, or not the members of a message. */
  malformed: number;
  /** Of a type that is not known. */
  unknownType: number;
  /** What is said is not there, or is neither description nor candidate. */
  badPayload: number;
  /** The sender's client id is none. */
  badSender: number;
  /** More candidates than are held before a description. */
  tooManyCandidates: number;
  /** Candidates of a description that another has replaced. */
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
  /** Whether candidates that come before an offer or answer are held. */
  isEarlyIceCandidateBufferingEnabled(): boolean;
  /** How many frames were passed over since this object was made. */
  readonly droppedMessages: DroppedMessages;

  /** As in Node: has the listener called at each event, after those that are there already. */
  on<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  /** As in Node: the same as `on`. */
  addListener<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  /** As in Node: as `on`, before those that are there already. */
  prependListener<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  /** As in Node: as `on`, for the next event only. */
  once<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  /** As in Node: as `prependListener`, for the next event only. */
  prependOnceListener<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  /** As in Node: takes the listener away, the last one added where it is there several times. */
  off<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  /** As in Node: the same as `off`. */
  removeListener<E extends keyof SignalingClientEvents>(event: E, listener: SignalingListener<E>): this;
  /** As in Node: takes all listeners of an event away, or of all events. */
  removeAllListeners(event?: keyof SignalingClientEvents): this;
  /** As in Node: calls the listeners of an event; gives whether there are any. */
  emit<E extends keyof SignalingClientEvents>(event: E, ...args: SignalingClientEvents[E]): boolean;
  /** As in Node: how many listeners an event has, or how often it has this one. */
  listenerCount<E extends keyof SignalingClientEvents>(event: E, listener?: SignalingListener<E>): number;
  /** As in Node: the listeners of an event. */
  listeners<E extends keyof SignalingClientEvents>(event: E): SignalingListener<E>[];
  /** As in Node: the same with what `once` has wrapped them in. */
  rawListeners<E extends keyof SignalingClientEvents>(event: E): SignalingListener<E>[];
  /** As in Node: the events that have listeners. */
  eventNames(): (keyof SignalingClientEvents)[];
  /** Kept for `getMaxListeners`: nothing warns of many listeners. */
  setMaxListeners(n: number): this;
  /** What `setMaxListeners` was given, by default 10. */
  getMaxListeners(): number;
}

/** Is called with the object it listens to as `this`; what it gives is not used. */
export type SignalingListener<E extends keyof SignalingClientEvents> = (
  this: SignalingClient,
  ...args: SignalingClientEvents[E]
) => unknown;
