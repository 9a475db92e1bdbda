/**
 * How peers find a path to each other. Default `stun-turn`.
 * `turn-only` hides both addresses; `disabled` works on one network only.
 */
export type NatTraversal = "stun-turn" | "turn-only" | "stun-only" | "disabled";

/** What a session provider is asked for. */
export interface SessionRequest {
  /** Which side of the channel the session is. */
  role: "MASTER" | "VIEWER";
  /** As whom a viewer connects. */
  clientId?: string;
  /** `connect`: a presigned URL and ICE servers. `ice`: ICE servers only. */
  need: "connect" | "ice";
  /** `rollover`: what was given is about to run out. `refused`: the service did not take the URL. */
  reason: "start" | "reconnect" | "rollover" | "refused";
  /** Fires when the answer is no longer wanted. */
  signal: AbortSignal;
}

/** What a session provider answers. */
export interface SessionBundle {
  /** The presigned `wss://` URL; needed where `need` is `connect`. */
  signedUrl?: string;
  /** As a peer connection takes them, or as GetIceServerConfig answers. At most 10 are used. */
  iceServers?: (RTCIceServer | IceServer)[];
  /** How long the servers may be used. Default: their own `Ttl`, or 300. */
  iceTtlSeconds?: number;
  /**
   * The channel that the URL is to be for. Where it is given, a `signedUrl` whose `X-Amz-ChannelARN` is another
   * one is not used: `caller.sessionFailed`.
   */
  channelArn?: string;
}

/**
 * What `new Viewer` and `new Master` take. Either `session`, or `credentials` and one of `channelName` and
 * `channelARN`, is needed.
 */
export interface SessionOptions extends MediaOptions {
  /** The channel, by its name. */
  channelName?: string;
  /** Saves the request that looks the name up. */
  channelARN?: string;
  /** Needed unless `channelARN` tells it. */
  region?: string;
  /** The keys that requests are signed with. */
  credentials?: CredentialsInput;
  /**
   * Instead of keys: asks the application's back end, so that no AWS key is in the page. It is given up after
   * 60 s.
   */
  session?: (request: SessionRequest) => SessionBundle | Promise<SessionBundle>;
  /** Which TURN servers are used, by transport. */
  turn?: {
    /** Default true. */
    udp?: boolean;
    /** `turns:` with `transport=udp`, which browsers take for TLS over TCP or pass over. Default false. */
    tlsUdp?: boolean;
    /** Default true. */
    tlsTcp?: boolean;
    /** One of the servers, chosen at random. Default false. */
    oneSetOnly?: boolean;
  };
  /**
   * Send candidates one by one as they are found. Default true. Otherwise offer or answer carries them, and
   * waits for that: until gathering ends, 500 ms once it has a candidate that reaches beyond the local
   * network, 3 s at most.
   */
  trickle?: boolean;
  /**
   * Media with the channel's storage session instead of peers, as a channel with media storage wants it. Default
   * false. The session waits for the service's offer, which comes after `joinStorageSession()` or
   * `joinStorageSessionAsViewer()` of a `KinesisVideoClient`; who joins does so in state `waiting`, and again
   * whenever the session is back in it. The newest offer counts. A master sends `video` and `audio`, of which the
   * service stores H.264 and Opus; a viewer sends no `video`; there is no data channel.
   */
  ingestion?: boolean;
  /** The class of the socket, instead of the browser's own. */
  WebSocket?: {
    /** Makes a socket that begins to connect. */
    new (url: string): WebSocket;
  };
  /** Makes the requests, instead of the browser's own. */
  fetch?: typeof fetch;
  /** Another address of the service, e.g. of the emulator: `http://localhost:8080`. */
  endpoint?: string;
  /** Default: the service's own; `stun:<endpoint's host>:3478` where `endpoint` is none of the service's. */
  stunUrl?: string;
  /** How a path to the other side is found. */
  natTraversal?: NatTraversal;
  /** Which candidates are sent to the other side, and which of its own are used. Default: all. */
  candidates?: {
    /** Of our own. */
    send?: CandidateKinds;
    /** Of the other side's. */
    accept?: CandidateKinds;
  };
}

/** Kinds and transports of ICE candidates; what is not named is on. */
export interface CandidateKinds {
  /** A machine's own addresses. */
  host?: boolean;
  /** Addresses as a STUN server sees them. */
  srflx?: boolean;
  /** Addresses as the other side sees them. */
  prflx?: boolean;
  /** A TURN server's addresses. */
  relay?: boolean;
  /** Those over TCP. */
  tcp?: boolean;
  /** Those over UDP. */
  udp?: boolean;
}

/** What `new Viewer` takes. */
export interface ViewerOptions extends SessionOptions {
  /**
   * 1–256 of `a-zA-Z0-9_.-`, not beginning with `AWS_`. Default: a random one for each connection. A text
   * is used as it is, and gets a random end only where another try must have another id: some masters do not
   * answer one whose last connection they still hold. The event `clientid` tells; `{ fixed }` forbids that.
   */
  clientId?:
    | string
    | {
        /** The id, and no other. */
        fixed: string;
      };
  /** Open the data channel `kvsDataChannel`. Default false. */
  dataChannel?: boolean | DataChannelOptions;
}

/**
 * Where a session is.
 * - `starting`: asking the service and opening the socket
 * - `waiting`: a viewer's offer is out and no master has answered, or a master has its socket open; with
 *   `ingestion`, the socket is open and the service has offered nothing, or its last connection is over
 * - `connecting`: a viewer's offer is answered and the media path is being made; with `ingestion`, the service has
 *   made an offer to a viewer or master
 * - `connected`: a viewer's `start()` has resolved; with `ingestion`, the path to the storage session is there
 * - `detached`: the signaling socket of a master is gone; calls that are up go on
 */
export type SessionState =
  | "idle" | "starting" | "waiting" | "connecting" | "connected" | "detached" | "closed";

/** Where one viewer's connection to a master is. */
export type ViewerState = "connecting" | "connected" | "closed";

/**
 * Why a session, or a viewer's connection to a master, is over: `stopped` by us; the other side
 * `left`; it `failed`, and an `error` was told before or `start()` rejected; the same viewer has a new
 * connection, which `replaced` this one; the master `rejected` it. A page that is left is `stopped`.
 */
export type CloseReason = "stopped" | "left" | "failed" | "replaced" | "rejected";

/**
 * Events of `Viewer` and `Master`; `clientId` is set by a master where a viewer is meant, and is undefined where that
 * is the storage session.
 */
export interface SessionEventMap extends MediaEventMap {
  /** The session is somewhere else than before. */
  state: CustomEvent<{
    /** Where it is now. */
    state: SessionState;
  }>;
  /**
   * Master only: a viewer asks to be let in. It is, unless a listener calls the viewer's `reject()` or
   * `wait()`, or `preventDefault()`, which is to wait too.
   */
  viewer: CustomEvent<MasterViewer>;
  /** Master only. `reason` comes with `closed`. */
  viewerstate: CustomEvent<{
    /** Whose connection. */
    clientId: string;
    /** Where it is now. */
    state: ViewerState;
    /** Why it is over. */
    reason?: CloseReason;
  }>;
  /** What the session sends is there. */
  localstream: CustomEvent<{
    /** As `localStream`. */
    stream: MediaStream;
  }>;
  /** What the other side sends is there. */
  stream: CustomEvent<{
    /** With the tracks that have come; those that come later are added to it. */
    stream: MediaStream;
    /** With a master: of which viewer. */
    clientId?: string;
  }>;
  /** A message on the data channel, text or bytes. */
  message: CustomEvent<{
    /** What was sent. */
    data: string | ArrayBuffer;
    /** With a master: by which viewer. */
    clientId?: string;
  }>;
  /** Messages can be sent on the data channel. */
  channelopen: CustomEvent<{
    /** Of the data channel. */
    state: "open";
    /** With a master: whose data channel. */
    clientId?: string;
  }>;
  /** The data channel is closed. */
  channelclose: CustomEvent<{
    /** Of the data channel. */
    state: "closed";
    /** With a master: whose data channel. */
    clientId?: string;
  }>;
  /** What waited to be sent on the data channel is below the low-water mark again. */
  bufferedamountlow: CustomEvent<{
    /** Of the data channel. */
    state: "open";
    /** With a master: whose data channel. */
    clientId?: string;
  }>;
  /** The service closes the signaling connection within a minute; calls go on. */
  goAway: CustomEvent<Record<string, never>>;
  /** The TURN servers in use are going away. */
  reconnectIceServer: CustomEvent<Record<string, never>>;
  /** The service could not deliver a message of ours. */
  statusResponse: CustomEvent<StatusResponse>;
  /** Viewer only: it connects under this client id from now on, which is another than before. */
  clientid: CustomEvent<{
    /** As `Viewer.clientId`. */
    clientId: string;
  }>;
  /** What went wrong while the session goes on, or ended it after `start()` had resolved. */
  error: CustomEvent<{
    /** What went wrong. */
    error: KvsError;
    /** With a master: with which viewer; the others are not concerned. */
    clientId?: string;
  }>;
  /** The session is over. It may be started again. */
  close: CustomEvent<{
    /** Why. */
    reason: CloseReason;
  }>;
}

/** What `Viewer` and `Master` have in common. */
export interface Session extends MediaControl {
  /** Where the session is. */
  readonly state: SessionState;
  /** What it sends, once that is there. */
  readonly localStream: MediaStream | null;
  /**
   * Starts. A master's start resolves when its socket is open. A viewer's resolves when the
   * master's media arrives; where the master sends none, when the connection is up; and five
   * seconds after that at the latest. It rejects once with a `KvsError`, which is then no `error`
   * event too. With `ingestion` a viewer's may be pending without end: a connection to the storage session that
   * fails is an `error` event, and another offer is waited for as long as the signaling connection is open. `signal`
   * ends a start that is pending.
   */
  start(options?: { signal?: AbortSignal }): Promise<void>;
  /** Ends everything and releases the camera. `start()` may be called again. */
  stop(): void;
  /** As every `EventTarget` has it. */
  addEventListener<K extends keyof SessionEventMap>(
    type: K,
    listener: (event: SessionEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** As every `EventTarget` has it. */
  removeEventListener<K extends keyof SessionEventMap>(
    type: K,
    listener: (event: SessionEventMap[K]) => void,
    options?: boolean | EventListenerOptions,
  ): void;
  /** Like `addEventListener`, with the event's detail; returns what ends it. */
  on<K extends keyof SessionEventMap>(
    type: K,
    listener: (detail: SessionEventMap[K]["detail"]) => void,
  ): () => void;
}

/** Sees a master, and may be seen and heard by it. */
export class Viewer implements Session {
  constructor(options: ViewerOptions);
  /** Where the session is. */
  readonly state: SessionState;
  /** What it sends, once that is there. */
  readonly localStream: MediaStream | null;
  /** What the master sends, or null before there is anything. */
  readonly remoteStream: MediaStream | null;
  /** The browser's own connection; null where there is none. */
  readonly peerConnection: RTCPeerConnection | null;
  /** The id of the running session. */
  readonly clientId: string | null;
  /**
   * Does before the click what a start would do first: asks for keys, channel, endpoints and TURN
   * servers, of a session provider for TURN servers (`need: 'ice'`), and has the browser get ready
   * to connect. Opens no socket, asks no permission, changes no state. A start while it is under way
   * goes on with it; `stop()` ends it. Rejects with what a start would reject with.
   */
  prepare(): Promise<void>;
  start(options?: { signal?: AbortSignal }): Promise<void>;
  stop(): void;
  /**
   * Sends on the data channel. Throws `caller.notConnected` where it is not open,
   * `peer.messageTooLarge` beyond 256 KiB or what the other side takes, `caller.bufferFull` where
   * too much waits to be sent.
   */
  send(data: string | ArrayBuffer | ArrayBufferView): void;
  /** Bytes that wait to be sent on the data channel. */
  readonly bufferedAmount: number;
  /** As every `EventTarget` has it. */
  addEventListener: Session["addEventListener"];
  /** As every `EventTarget` has it. */
  removeEventListener: Session["removeEventListener"];
  replaceTrack: MediaControl["replaceTrack"];
  setMuted: MediaControl["setMuted"];
  switchDevice: MediaControl["switchDevice"];
  shareScreen: MediaControl["shareScreen"];
  stopScreenShare: MediaControl["stopScreenShare"];
  devices: MediaControl["devices"];
  on: Session["on"];
}
