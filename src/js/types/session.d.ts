/**
 * How peers find a path to each other. Default `stun-turn`.
 * `turn-only` hides both addresses; `disabled` works on one network only.
 */
export type NatTraversal = "stun-turn" | "turn-only" | "stun-only" | "disabled";

/** What `new Viewer` and `new Master` take. One of `channelName` and `channelARN` is needed. */
export interface SessionOptions extends MediaOptions {
  channelName?: string;
  /** Saves the request that looks the name up. */
  channelARN?: string;
  /** Needed unless `channelARN` tells it. */
  region?: string;
  credentials: CredentialsInput;
  /** Another address of the service, e.g. of the emulator: `http://localhost:8080`. */
  endpoint?: string;
  /** Default: the region's, or `stun:<endpoint's host>:3478` where `endpoint` is given. */
  stunUrl?: string;
  natTraversal?: NatTraversal;
}

/** What `new Viewer` takes. */
export interface ViewerOptions extends SessionOptions {
  /** 1–256 of `a-zA-Z0-9_.-`, not beginning with `AWS_`. Default: a random one for each start. */
  clientId?: string;
  /** Open the data channel `kvsDataChannel`. Default false. */
  dataChannel?: boolean | DataChannelOptions;
}

/** What `new Master` takes. */
export type MasterOptions = SessionOptions;

/**
 * Where a session is.
 * - `starting`: asking the service and opening the socket
 * - `waiting`: a viewer's offer is out and no master has answered, or a master has its socket open
 * - `connecting`: a viewer's offer is answered and the media path is being made
 * - `connected`: a viewer's `start()` has resolved
 * - `detached`: the signaling socket of a master is gone; calls that are up go on
 */
export type SessionState =
  | "idle" | "starting" | "waiting" | "connecting" | "connected" | "detached" | "closed";

/** Where one viewer's connection to a master is. */
export type ViewerState = "connecting" | "connected" | "closed";

/**
 * Why a session, or a viewer's connection to a master, is over: `stopped` by us; the other side
 * `left`; it `failed`, and an `error` was told before or `start()` rejected; the same viewer has a new
 * connection, which `replaced` this one. A page that is left is `stopped`.
 */
export type CloseReason = "stopped" | "left" | "failed" | "replaced";

/** Events of `Viewer` and `Master`; `clientId` is set by a master where a viewer is meant. */
export interface SessionEventMap extends MediaEventMap {
  state: CustomEvent<{ state: SessionState }>;
  /** Master only. `reason` comes with `closed`. */
  viewerstate: CustomEvent<{ clientId: string; state: ViewerState; reason?: CloseReason }>;
  localstream: CustomEvent<{ stream: MediaStream }>;
  stream: CustomEvent<{ stream: MediaStream; clientId?: string }>;
  /** A message on the data channel, text or bytes. */
  message: CustomEvent<{ data: string | ArrayBuffer; clientId?: string }>;
  /** What went wrong while the session goes on, or ended it after `start()` had resolved. */
  error: CustomEvent<{ error: KvsError; clientId?: string }>;
  /** The session is over. It may be started again. */
  close: CustomEvent<{ reason: CloseReason }>;
}

interface Session extends MediaControl {
  readonly state: SessionState;
  readonly localStream: MediaStream | null;
  /**
   * Starts. A master's start resolves when its socket is open. A viewer's resolves when the
   * master's media arrives; where the master sends none, when the connection is up; and five
   * seconds after that at the latest. It rejects once with a `KvsError`, which is then no `error`
   * event too. `signal` ends a start that is pending.
   */
  start(options?: { signal?: AbortSignal }): Promise<void>;
  /** Ends everything and releases the camera. `start()` may be called again. */
  stop(): void;
  addEventListener<K extends keyof SessionEventMap>(
    type: K,
    listener: (event: SessionEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
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
  readonly state: SessionState;
  readonly localStream: MediaStream | null;
  readonly remoteStream: MediaStream | null;
  readonly peerConnection: RTCPeerConnection | null;
  /** The id of the running session. */
  readonly clientId: string | null;
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
  addEventListener: Session["addEventListener"];
  removeEventListener: Session["removeEventListener"];
  replaceTrack: MediaControl["replaceTrack"];
  setMuted: MediaControl["setMuted"];
  switchDevice: MediaControl["switchDevice"];
  shareScreen: MediaControl["shareScreen"];
  stopScreenShare: MediaControl["stopScreenShare"];
  devices: MediaControl["devices"];
  on: Session["on"];
}

/** Is seen by its viewers, and may see and hear them. */
export class Master implements Session {
  constructor(options: MasterOptions);
  readonly state: SessionState;
  readonly localStream: MediaStream | null;
  /** The ids of the viewers that have a connection. */
  readonly viewers: string[];
  start(options?: { signal?: AbortSignal }): Promise<void>;
  stop(): void;
  /** Sends to one viewer, or to all whose data channel is open; throws `caller.notConnected` where none is. */
  send(data: string | ArrayBuffer | ArrayBufferView, clientId?: string): void;
  /** Bytes that wait to be sent on a viewer's data channel. */
  bufferedAmount(clientId: string): number;
  peerConnection(clientId: string): RTCPeerConnection | null;
  remoteStream(clientId: string): MediaStream | null;
  addEventListener: Session["addEventListener"];
  removeEventListener: Session["removeEventListener"];
  replaceTrack: MediaControl["replaceTrack"];
  setMuted: MediaControl["setMuted"];
  switchDevice: MediaControl["switchDevice"];
  shareScreen: MediaControl["shareScreen"];
  stopScreenShare: MediaControl["stopScreenShare"];
  devices: MediaControl["devices"];
  on: Session["on"];
}
