/** What `new Master` takes. */
export interface MasterOptions extends SessionOptions {
  /** How many viewers it takes at once, 1–32. Default 10, which is a channel's quota. */
  maxViewers?: number;
  /**
   * Open the signaling connection again when it was lost, as after the service's ten idle minutes: with
   * growing pauses from half a second to half a minute. A connection that is closed three times within
   * ten seconds of its opening is left alone. Default true.
   */
  reconnect?: boolean;
}

/** One connection of a viewer to a master: the same object as long as the connection lives. */
export class MasterViewer {
  private constructor();
  readonly clientId: string;
  /** `asking`: nobody has decided yet; a later connection of the same id leaves this one `closed`. */
  readonly state: "asking" | "connecting" | "connected" | "closed";
  /** What it sends, or null before there is anything. */
  readonly stream: MediaStream | null;
  readonly peerConnection: RTCPeerConnection | null;
  /** Lets it in. The first decision counts. */
  accept(): void;
  /**
   * Turns it away: its offer is dropped, it is sent nothing, and what it says in the next 30 s is passed
   * over.
   */
  reject(): void;
  /** Has it wait for `accept()` or `reject()`: 30 s at most, then it is rejected. */
  wait(): void;
  /** Ends its connection; it may come back. */
  close(): void;
  /** Sends on its data channel; throws `caller.notConnected` where that is not open. */
  send(data: string | ArrayBuffer | ArrayBufferView): void;
}

/** Is seen by its viewers, and may see and hear them. */
export class Master implements Session {
  constructor(options: MasterOptions);
  readonly state: SessionState;
  readonly localStream: MediaStream | null;
  /** Those that ask, connect or are connected, in the order in which they came. */
  readonly viewers: MasterViewer[];
  start(options?: { signal?: AbortSignal }): Promise<void>;
  stop(): void;
  /** Sends to one viewer, or to all whose data channel is open; throws `caller.notConnected` where none is. */
  send(data: string | ArrayBuffer | ArrayBufferView, clientId?: string): void;
  /** Bytes that wait to be sent on a viewer's data channel. */
  bufferedAmount(clientId: string): number;
  /** The viewer of this id, or null. */
  viewer(clientId: string): MasterViewer | null;
  /**
   * Sends to all whose data channel is open; returns how many were sent it. Throws
   * `caller.invalidArgument` or `peer.messageTooLarge` where nobody could be.
   */
  broadcast(data: string | ArrayBuffer | ArrayBufferView): number;
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
