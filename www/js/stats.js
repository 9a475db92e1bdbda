// What a connection is doing, in words and figures, from what the session measures.

import { message } from "./i18n.js";

/** As browsers call theirs. */
const SOFTWARE = /libvpx|openh264|libaom|dav1d|ffmpeg|svt-av1/i;
const HARDWARE = /accelerator|external|hardware|mediacodec|mediafoundation|nvenc|nvdec|v4l2|vaapi|videotoolbox/i;

/** What `measure` gives; null of a session whose instance has ended, which tells nothing more. */
export async function measured(measure) {
  try {
    return await measure();
  } catch {
    return null;
  }
}

/** E.g. `1280×720, 30 fps`, or null. */
export function pictureSize(width, height, frameRate) {
  if (!width || !height) return null;
  return message("fact.size", { width, height, rate: Math.round(frameRate ?? 0) });
}

/** Facts by the key of their name, each a message or null; `stats` is what `getStats()` gave. */
export function factsFrom(stats) {
  const [received, sent] = [trackOf(stats, "inbound"), trackOf(stats, "outbound")];
  return {
    "fact.path": pathOf(stats.connection),
    "fact.receiving": received && pictureSize(received.width, received.height, received.framesPerSecond),
    "fact.sending": sent && pictureSize(sent.width, sent.height, sent.framesPerSecond),
    "fact.codec": (received?.codec ?? sent?.codec ?? null),
    "fact.encoder": coderOf(sent?.encoderImplementation),
    "fact.decoder": coderOf(received?.decoderImplementation),
    "fact.limited": limitOf(sent),
  };
}

/** The figures that are drawn over time, by the key of their name; null where there is none. */
export function figuresFrom(stats) {
  const [received, sent] = [trackOf(stats, "inbound"), trackOf(stats, "outbound")];
  const track = received?.bitrate ? received : (sent ?? received);
  const loss = track?.lossRatio ?? null;
  return {
    "figure.bitrate": track?.bitrate == null ? null : track.bitrate / 1000,
    "figure.frames": track?.framesPerSecond ?? null,
    "figure.loss": loss === null ? null : loss * 100,
    "figure.roundTrip": stats.connection.roundTripTime ?? null,
  };
}

/** E.g. `direct, host to srflx over udp`, of the pair in use. */
function pathOf({ local, remote, relayed }) {
  if (!local || !remote) return null;
  return message(relayed ? "fact.relayed" : "fact.direct", {
    local: local.type,
    remote: remote.type,
    protocol: local.relayProtocol ?? local.protocol ?? "?",
  });
}

/** The name of an encoder or decoder, and whether it is the computer's processor that works where that is known. */
function coderOf(name) {
  if (!name || name === "unknown") return null;
  if (SOFTWARE.test(name)) return message("coder.software", { name });
  return HARDWARE.test(name) ? message("coder.hardware", { name }) : name;
}

function limitOf(sent) {
  const reason = sent?.qualityLimitationReason;
  return reason === "cpu" || reason === "bandwidth" ? message(`limit.${reason}`) : null;
}

/** The picture in that direction, or the sound where there is no picture. */
function trackOf({ tracks }, direction) {
  const there = tracks.filter((track) => track.direction === direction);
  return there.find((track) => track.kind === "video") ?? there[0] ?? null;
}
