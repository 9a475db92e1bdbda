/** What a track carries. */
export type TrackKind = "audio" | "video";

/** One value for video, or one of each kind. */
export interface PerKind<T> {
  /** That of audio. */
  audio?: T;
  /** That of video. */
  video?: T;
}

/** How the data channel is made. Default: ordered and reliable. */
export interface DataChannelOptions {
  /** Whether messages come in the order in which they were sent. Default true. */
  ordered?: boolean;
  /** 0–65535. Excludes `maxPacketLifeTime`. */
  maxRetransmits?: number;
  /** Milliseconds, 0–65535. Excludes `maxRetransmits`. */
  maxPacketLifeTime?: number;
  /** Bytes waiting to be sent at which `bufferedamountlow` is told. Default 65536. */
  bufferedAmountLowThreshold?: number;
}

/** What both roles send, and how. */
export interface MediaOptions {
  /** Send video: constraints, or true for 1280×720. Default: true for a master, false for a viewer. */
  video?: boolean | MediaTrackConstraints;
  /** Send audio. Default false. */
  audio?: boolean | MediaTrackConstraints;
  /**
   * Send this stream's tracks, the first of each kind, instead of camera and microphone. The page
   * keeps it: neither its tracks nor its members are changed, and `stop()` does not stop it. `video`
   * or `audio` beside it reserve a kind for later, without opening a device.
   */
  stream?: MediaStream;
  /** MIME types as `video/H264`, preferred in this order; all others stay possible. */
  codecs?: PerKind<string[]>;
  /** Bits per second, from 1000: of video as a number. */
  maxBitrate?: number | PerKind<number>;
  /** Frames per second, 1–240, of video. */
  maxFramerate?: number;
  /** Bits per second at which the bandwidth estimate begins, where the browser takes a hint. */
  startBitrate?: number;
  /** What the tracks show or sound like. Default: the browser's choice; `detail` for a screen. */
  contentHint?:
    | VideoHint
    | AudioHint
    | {
        /** Of the sound. */
        audio?: AudioHint;
        /** Of the picture. */
        video?: VideoHint;
      };
  /** What to give up first when bandwidth is short. Default: the browser's choice. */
  degradationPreference?: "balanced" | "maintain-framerate" | "maintain-resolution";
}

/** What a picture shows: motion, or details that are to stay sharp. */
export type VideoHint = "motion" | "detail" | "text";
/** What a sound is: speech for people, speech for a program, or music. */
export type AudioHint = "speech" | "speech-recognition" | "music";

/** A camera, microphone or loudspeaker. Labels and ids are empty before a permission is given. */
export interface Device {
  /** What it is. */
  kind: "videoinput" | "audioinput" | "audiooutput";
  /** What `switchDevice` takes. */
  deviceId: string;
  /** Its name, for people. */
  label: string;
  /** Devices with the same are of one thing, such as a headset. */
  groupId: string;
}

/** Events about media; all sessions have them. */
export interface MediaEventMap {
  /**
   * A track ended by itself: its `device` is gone, the person has stopped the sharing of the
   * `screen` (the camera is sent again), or one that was `given` ended.
   */
  localtrackended: CustomEvent<{
    /** Of what. */
    kind: TrackKind;
    /** Where it came from. */
    source: "device" | "screen" | "given";
  }>;
  /** Devices came or went: told once `devices()` was called. */
  devicechange: CustomEvent<Record<string, never>>;
  /** The data channel is open. */
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
  /** What waits to be sent on the data channel is at or below its threshold again. */
  bufferedamountlow: CustomEvent<{
    /** Of the data channel. */
    state: "open";
    /** With a master: whose data channel. */
    clientId?: string;
  }>;
}

/**
 * Changes of what is sent, without renegotiation and to all who see it. They happen in the order in
 * which they were asked for, after the camera has opened; each promise rejects with `caller.stopped`
 * where the session is stopped meanwhile, with `caller.notConnected` where it is not started, and with
 * `caller.invalidArgument` where the session does not send that kind.
 */
export interface MediaControl {
  /** Sends this track instead, or nothing. What the session had opened of that kind is closed. */
  replaceTrack(kind: TrackKind, track: MediaStreamTrack | null): Promise<void>;
  /**
   * Sends black or silence. With `release` a device is closed meanwhile, so that its light goes out,
   * and unmuting opens it again. While the screen is shared, the screen is muted.
   */
  setMuted(kind: TrackKind, muted: boolean, options?: { release?: boolean }): Promise<void>;
  /** Opens another camera or microphone, sends it, and closes the one before. */
  switchDevice(kind: TrackKind, deviceId: string): Promise<void>;
  /**
   * Asks for a screen, window or tab and sends its picture instead of the camera's, which stays open.
   * To be called in the handler of a click. Rejects with `browser.screenDenied`.
   */
  shareScreen(options?: DisplayMediaStreamOptions): Promise<void>;
  /** Sends the camera again. */
  stopScreenShare(): Promise<void>;
  /** Cameras, microphones and loudspeakers; asks for no permission. */
  devices(): Promise<Device[]>;
}
