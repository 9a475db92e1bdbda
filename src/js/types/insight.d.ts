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

/** How much a line of the log matters. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** What a line of the log is about. */
export type LogTarget = "session" | "signaling" | "service" | "peer" | "media";

/** Takes the lines of the log. An object's `log` takes those of the levels that it has no method for. */
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
  /** Of what. */
  kind: "audio" | "video";
  /** Whether it is received or sent. */
  direction: "inbound" | "outbound";
  /** Bits per second since the call of `getStats()` before; null in the first. */
  bitrate: number | null;
  /** Of the packets since the call before, 0 to 1; of what we send as the other side tells. */
  lossRatio: number | null;
  /** E.g. `video/VP8`. */
  codec?: string;
  /** The track's id. */
  id?: string;
  /** Which part of the session description it belongs to. */
  mid?: string;
  /** Which of several encodings, where it is sent in several. */
  rid?: string;
  /** RTP packets; inbound. */
  packetsReceived?: number;
  /** RTP packets; outbound. */
  packetsSent?: number;
  /** RTP packets; of what we send as the other side tells. */
  packetsLost?: number;
  /** RTP packets sent once more; outbound. */
  packetsRetransmitted?: number;
  /** Payload of RTP packets; inbound. */
  bytesReceived?: number;
  /** Payload of RTP packets; outbound. */
  bytesSent?: number;
  /** Milliseconds. */
  jitter?: number;
  /** Milliseconds; outbound. */
  roundTripTime?: number;
  /** Pixels of the last frame. */
  width?: number;
  /** Pixels of the last frame. */
  height?: number;
  /** Of the last second. */
  framesPerSecond?: number;
  /** Inbound video. */
  framesReceived?: number;
  /** Inbound video. */
  framesDecoded?: number;
  /** Received and not shown; inbound video. */
  framesDropped?: number;
  /** Outbound video. */
  framesEncoded?: number;
  /** Outbound video. */
  framesSent?: number;
  /** Inbound video. */
  keyFramesDecoded?: number;
  /** Outbound video. */
  keyFramesEncoded?: number;
  /** How often the picture stood still; inbound video. */
  freezeCount?: number;
  /** Milliseconds. */
  freezeDuration?: number;
  /** Requests to send packets once more. */
  nackCount?: number;
  /** Requests for a key frame. */
  pliCount?: number;
  /** 0 to 1. */
  audioLevel?: number;
  /** What keeps the encoder from doing better; outbound video. */
  qualityLimitationReason?: "none" | "cpu" | "bandwidth" | "other";
  /** The name of the encoder, which may tell whether it is hardware. */
  encoderImplementation?: string;
  /** The name of the decoder, likewise. */
  decoderImplementation?: string;
}

/** One end of the path. */
export interface CandidateStats {
  /** Its kind: an address of the machine, as a STUN server or the other side sees it, or of a relay. */
  type: "host" | "srflx" | "prflx" | "relay";
  /** `udp` or `tcp`. */
  protocol?: string;
  /** How we talk to the TURN server. */
  relayProtocol?: string;
  /** E.g. `wifi`, where the browser tells. */
  networkType?: string;
  /** Its IP address or host name. */
  address?: string;
  /** Its port. */
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
  /** All that went this path. */
  bytesSent?: number;
  /** All that came this path. */
  bytesReceived?: number;
  /** Our end of the path. */
  local?: CandidateStats;
  /** The other end. */
  remote?: CandidateStats;
  /** Whether a TURN server is in between. */
  relayed?: boolean;
  /** E.g. `connected`. */
  dtlsState?: string;
  /** As in the TLS record, e.g. `FEFD`: DTLS 1.2. */
  tlsVersion?: string;
  /** The cipher suite of the handshake. */
  dtlsCipher?: string;
  /** The cipher suite of the media. */
  srtpCipher?: string;
  /** How often another path was taken. */
  pairChanges?: number;
}

/** Measurements of one connection. */
export interface SessionStats {
  /** Epoch milliseconds. */
  timestamp: number;
  /** One for each track and direction. */
  tracks: TrackStats[];
  /** The path. */
  connection: ConnectionStats;
  /** The data channel, where there is one. */
  dataChannel?: {
    /** E.g. `open`. */
    state?: string;
    /** Since it was opened. */
    messagesSent?: number;
    /** Since it was opened. */
    messagesReceived?: number;
    /** Of messages. */
    bytesSent?: number;
    /** Of messages. */
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
  /** Which phase. */
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
  /** The version of this form. */
  schema: 1;
  /** The package's version. */
  version: string;
  /** Which side of the channel. */
  role: "viewer" | "master";
  /** The `state` of the session. */
  state: string;
  /** Epoch milliseconds. */
  at: number;
  /** The browser's own words. */
  userAgent: string;
  /** What the session was made with; what might be a secret is `"given"`. */
  options: Record<string, unknown>;
  /** The phases of the start-up. */
  timeline: TimelineEntry[];
  /** How often something that came was passed over, by reason. */
  drops: Record<string, number>;
  /** The last 20. */
  errors: {
    /** Epoch milliseconds. */
    at: number;
    /** As in `KvsError`. */
    code: string;
    /** As in `KvsError`. */
    message: string;
  }[];
  /** The last verdict on each connection. */
  quality: Quality[];
  /** Of the first four connections; addresses are masked unless they were asked for. */
  stats: SessionStats[];
  /** The last lines of the log, of all levels. */
  log: {
    /** Epoch milliseconds. */
    at: number;
    /** How much it matters. */
    level: LogLevel;
    /** What it is about. */
    target: LogTarget;
    /** The line. */
    message: string;
  }[];
}

export interface SessionOptions extends InsightOptions {}

export interface SessionEventMap {
  /** The quality of a connection is another than before; it is measured while somebody listens. */
  quality: CustomEvent<Quality & {
    /** With a master: whose connection. */
    clientId?: string;
  }>;
}

/** What a session tells of itself. */
export interface SessionInsight {
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
  /** Measurements of the connection to one viewer, or, with `null`, to the storage session; null where none is. */
  getStats(clientId: string | null): Promise<SessionStats | null>;
  /** The last verdict, as with `getStats()`; null where there is none yet. It is measured from the first look on. */
  quality(clientId: string | null): Quality | null;
}
