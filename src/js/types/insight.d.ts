/** Options about what a session knows of itself; part of `SessionOptions`. */
export interface InsightOptions {
  /**
   * Takes the lines of the log: a function, or an object with methods of the levels' names, or
   * `log`, such as `console`. Whatever it throws disturbs nobody. Default: none; the last 500
   * lines are kept for `report()`.
   */
  logger?: Logger;
  /** The least level that goes to the logger. Default `info`. */
  logLevel?: LogLevel | "silent";
  /**
   * Measure the start-up together with the other side, on the data channel, in the format of the
   * C SDK's sample masters; a viewer opens the data channel for it. Messages of that format are
   * then no `message` events. Default false.
   */
  profile?: boolean;
  /** Milliseconds between two measurements of the quality, 500 to 60000. Default 2000. */
  qualityInterval?: number;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** What a line of the log is about. */
export type LogTarget = "session" | "signaling" | "service" | "peer" | "media";

export type Logger =
  | ((level: LogLevel, target: LogTarget, message: string) => unknown)
  | { [level in LogLevel | "log"]?: (message: string) => unknown };

/** Why a call is not at its best. */
export type QualityReason =
  | "noMedia" | "lowFrameRate" | "loss" | "jitter" | "roundTrip" | "freezes"
  | "bandwidthLimited" | "cpuLimited";

/**
 * A verdict, made of what was measured on this side alone: the worst of these, as they begin to
 * matter (score 4) to as they make a call useless (score 1).
 *
 * | reason | 4 | 3 | 2 | 1 |
 * |---|---|---|---|---|
 * | `loss` (packets, either direction) | 1 % | 3 % | 8 % | 20 % |
 * | `jitter` | 30 ms | 60 ms | 120 ms | 250 ms |
 * | `roundTrip` | 200 ms | 400 ms | 800 ms | 2 s |
 * | `freezes` (in one interval) | | 1 | 2 | 4 |
 * | `lowFrameRate` (received, fewer than) | 18/s | 12/s | 6/s | 2/s |
 * | `bandwidthLimited`, `cpuLimited` (sent) | yes | | | |
 * | `noMedia` (tracks, and nothing flows) | | | | 0 |
 */
export interface Quality {
  /** 0 to 5. */
  score: number;
  /** What lowers the score, the worst first; empty with 5. */
  reasons: QualityReason[];
}

/** Measurements of one track in one direction. What the browser does not tell is missing. */
export interface TrackStats {
  kind: "audio" | "video";
  direction: "inbound" | "outbound";
  /** Bits per second since the call of `getStats()` before; null in the first. */
  bitrate: number | null;
  /** Of the packets since the call before, 0 to 1; of what we send as the other side tells. */
  lossRatio: number | null;
  /** E.g. `video/VP8`. */
  codec?: string;
  id?: string;
  mid?: string;
  rid?: string;
  packetsReceived?: number;
  packetsSent?: number;
  packetsLost?: number;
  packetsRetransmitted?: number;
  bytesReceived?: number;
  bytesSent?: number;
  /** Milliseconds. */
  jitter?: number;
  /** Milliseconds; outbound. */
  roundTripTime?: number;
  width?: number;
  height?: number;
  framesPerSecond?: number;
  framesReceived?: number;
  framesDecoded?: number;
  framesDropped?: number;
  framesEncoded?: number;
  framesSent?: number;
  keyFramesDecoded?: number;
  keyFramesEncoded?: number;
  freezeCount?: number;
  /** Milliseconds. */
  freezeDuration?: number;
  nackCount?: number;
  pliCount?: number;
  /** 0 to 1. */
  audioLevel?: number;
  qualityLimitationReason?: "none" | "cpu" | "bandwidth" | "other";
  encoderImplementation?: string;
  decoderImplementation?: string;
}

/** One end of the path. */
export interface CandidateStats {
  type: "host" | "srflx" | "prflx" | "relay";
  protocol?: string;
  /** How we talk to the TURN server. */
  relayProtocol?: string;
  networkType?: string;
  address?: string;
  port?: number;
}

/** Measurements of the path. */
export interface ConnectionStats {
  /** Milliseconds. */
  roundTripTime?: number;
  /** Bits per second. */
  availableOutgoingBitrate?: number;
  /** Bits per second. */
  availableIncomingBitrate?: number;
  bytesSent?: number;
  bytesReceived?: number;
  local?: CandidateStats;
  remote?: CandidateStats;
  /** Whether a TURN server is in between. */
  relayed?: boolean;
  dtlsState?: string;
  /** As in the TLS record, e.g. `FEFD`: DTLS 1.2. */
  tlsVersion?: string;
  dtlsCipher?: string;
  srtpCipher?: string;
  pairChanges?: number;
}

/** Measurements of one connection. */
export interface SessionStats {
  /** Epoch milliseconds. */
  timestamp: number;
  tracks: TrackStats[];
  connection: ConnectionStats;
  dataChannel?: {
    state?: string;
    messagesSent?: number;
    messagesReceived?: number;
    bytesSent?: number;
    bytesReceived?: number;
  };
}

/** The phases of a start-up. */
export type PhaseName =
  | "waitForMaster" | "waitForViewer" | "signaling" | "getToken" | "describeChannel"
  | "describeMediaStorage" | "createChannel" | "getEndpoint" | "getIceConfig" | "sign" | "connect"
  | "media" | "offerToAnswer" | "answer" | "iceGathering" | "peerConnection"
  | "dataChannelRoundTrip" | "firstFrameAfterConnection" | "clickToFirstFrame";

/** One phase; in the browser's User Timing it is `kvs-webrtc:<role>:<name>`. */
export interface TimelineEntry {
  name: PhaseName;
  /** Whose: a viewer with `profile` has its master's phases too. */
  role: "viewer" | "master";
  /** With a master: whose connection. */
  clientId?: string;
  /** Epoch milliseconds. */
  start: number;
  /** Epoch milliseconds; null while it goes on. */
  end: number | null;
  /** Milliseconds; null while it goes on. */
  duration: number | null;
}

/** A session on one page, fit for a bug report: no secrets, and at most 64 KB of JSON. */
export interface SessionReport {
  schema: 1;
  version: string;
  role: "viewer" | "master";
  state: string;
  /** Epoch milliseconds. */
  at: number;
  userAgent: string;
  /** What the session was made with; what might be a secret is `"given"`. */
  options: Record<string, unknown>;
  timeline: TimelineEntry[];
  /** How often something that came was passed over, by reason. */
  drops: Record<string, number>;
  /** The last 20. */
  errors: { at: number; code: string; message: string }[];
  quality: Quality[];
  /** Of the first four connections; addresses are masked unless they were asked for. */
  stats: SessionStats[];
  log: { at: number; level: LogLevel; target: LogTarget; message: string }[];
}

export interface SessionOptions extends InsightOptions {}

export interface SessionEventMap {
  /** The quality of a connection is another than before; it is measured while somebody listens. */
  quality: CustomEvent<Quality & { clientId?: string }>;
}

/** What a session tells of itself. */
interface SessionInsight {
  /** The phases of the start-up so far, in the order in which they began. */
  timeline(): TimelineEntry[];
  /** The session on one page, for a bug report; `addresses` shows those of the path. */
  report(options?: { addresses?: boolean }): Promise<SessionReport>;
}

export interface Viewer extends SessionInsight {
  /** Measurements of the connection; null where there is none. */
  getStats(): Promise<SessionStats | null>;
  /** The last verdict; null where there is none yet. It is measured from the first look on. */
  readonly quality: Quality | null;
}

export interface Master extends SessionInsight {
  /** Measurements of the connection to one viewer; null where there is none. */
  getStats(clientId: string): Promise<SessionStats | null>;
  /** The last verdict; null where there is none yet. It is measured from the first look on. */
  quality(clientId: string): Quality | null;
}
