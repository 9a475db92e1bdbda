// What is sent, and its changes.
import { Master, Viewer, type Device, type MediaOptions, type TrackKind } from "kvs-webrtc";

declare const stream: MediaStream;
declare const track: MediaStreamTrack;
const credentials = { accessKeyId: "AK", secretAccessKey: "SK" };
const media: MediaOptions = {
  stream,
  codecs: { video: ["video/H264", "video/VP8"], audio: ["audio/opus"] },
  maxBitrate: { audio: 32_000, video: 1_000_000 },
  maxFramerate: 30,
  startBitrate: 500_000,
  contentHint: { audio: "speech", video: "motion" },
  degradationPreference: "balanced",
};
const dataChannel = { ordered: false, maxRetransmits: 0, bufferedAmountLowThreshold: 0 };
const viewer = new Viewer({ channelARN: "arn", credentials, ...media, dataChannel });
const master = new Master({ channelARN: "arn", credentials, maxBitrate: 500_000, contentHint: "text" });

export async function changes(): Promise<number> {
  await viewer.replaceTrack("video", track);
  await viewer.replaceTrack("audio", null);
  await master.setMuted("audio", true, { release: true });
  await master.switchDevice("video", "id");
  await master.shareScreen({ video: true });
  await master.stopScreenShare();
  const devices: Device[] = await master.devices();
  const labels: string[] = devices.filter(({ kind }) => kind === "videoinput").map(({ label }) => label);
  return labels.length + viewer.bufferedAmount + master.bufferedAmount("me");
}

viewer.on("localtrackended", ({ kind, source }) => {
  const ended: [TrackKind, "device" | "screen" | "given"] = [kind, source];
  return ended;
});
master.on("bufferedamountlow", ({ clientId }) => clientId?.length);
master.addEventListener("devicechange", () => undefined);

// @ts-expect-error A screen is a video.
viewer.replaceTrack("screen", track);
// @ts-expect-error Words are no booleans.
viewer.setMuted("video", "yes");
// @ts-expect-error No such hint.
new Viewer({ channelARN: "arn", credentials, contentHint: "fast" });
