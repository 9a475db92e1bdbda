/** What `new Master` takes. */
export interface MasterOptions extends SessionOptions {
  /** How many viewers it takes at once, 1–32. Default 10, which is a channel's quota. */
  maxViewers?: number;
  /** Candidates of one viewer that are kept while its offer waits, 1–256. Default 64. */
  maxHeldCandidates?: number;
  /** Offers of one viewer in ten seconds, 1–100; what is more is passed over. Default 5. */
  maxOffers?: number;
  /** Rejected viewers that are remembered, 1–1000. Default 256. */
  maxRejected?: number;
  /**
   * Open the signaling connection again when it was lost, as after the service's ten idle minutes: with
   * growing pauses from half a second to half a minute. It is left alone once it was closed three times
   * in a row within ten seconds of its opening, as by another master of the channel, or once it failed
   * three times in a row in a way that waiting does not mend. Default true.
   */
  reconnect?: boolean;
}

/**
 * One connection of a viewer to a master: the same object as long as the connection lives. A viewer that
 * was let in and makes a new connection while this one lives is let in again, unasked, as another object.
 */
export class MasterViewer {
  private constructor();
  /** The id that the viewer connected under. */
  readonly clientId: string;
  /** `asking`: nobody has decided yet; a later connection of the same id leaves this one `closed`. */
  readonly state: "asking" | "connecting" | "connected" | "closed";
  /** What it sends, or null before there is anything. */
  readonly stream: MediaStream | null;
  /** The browser's own connection; null where there is none. */
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
  /** Bytes that wait to be sent on its data channel. */
  readonly bufferedAmount: number;
  /** Measurements of its connection; null where there is none. */
  getStats(): Promise<SessionStats | null>;
}

/** Is seen by its viewers, and may see and hear them. */
export class Master implements Session {
  constructor(options: MasterOptions);
  /** Where the session is. */
  readonly state: SessionState;
  /** What it sends, once that is there. */
  readonly localStream: MediaStream | null;
  /** Those that ask, connect or are connected, in the order in which they came; none with `ingestion`. */
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
   * Sends to all whose data channel is open; returns how many were sent it. Who could not be is told to
   * the log; where that is everybody, it throws the last reason.
   */
  broadcast(data: string | ArrayBuffer | ArrayBufferView): number;
  /** The browser's own connection to one viewer, or, with `null`, to the storage session; null where there is none. */
  peerConnection(clientId: string | null): RTCPeerConnection | null;
  /** What one viewer or, with `null`, the storage session sends, or null before there is anything. */
  remoteStream(clientId: string | null): MediaStream | null;
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
