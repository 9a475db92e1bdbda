// Viewers and masters.
import { Master, Viewer, type SessionState, type ViewerOptions } from "kvs-webrtc";

const credentials = { accessKeyId: "a", secretAccessKey: "b" };
const options: ViewerOptions = { channelName: "x", region: "us-west-2", credentials };
const viewer = new Viewer({ ...options, clientId: "me", dataChannel: true });
const off: () => void = viewer.on("stream", ({ stream }) => stream.getTracks());
viewer.addEventListener("state", (event) => {
  const state: SessionState = event.detail.state;
  return state;
});
viewer.on("error", ({ error }) => error.code.length);
// @ts-expect-error there is no such event
viewer.on("nothing", () => {});
// @ts-expect-error a stream has no such member
viewer.on("stream", ({ stream }) => stream.nothing);
viewer.start({ signal: new AbortController().signal }).then(() => viewer.send("hello"));
viewer.send(new Uint8Array(8));
// @ts-expect-error a message is text or bytes
viewer.send({});
// @ts-expect-error it is told, not set
viewer.state = "closed";
// @ts-expect-error NAT traversal has its own names
new Viewer({ ...options, natTraversal: "sometimes" });

const master = new Master({ channelARN: "arn", credentials, video: { width: 640 }, audio: true });
master.on("viewerstate", ({ clientId, state }) => `${clientId} ${state}`);
const connection: RTCPeerConnection | null = master.peerConnection("them");
// With a storage session, which has no client id.
const stored = new Master({ channelARN: "arn", credentials, audio: true, ingestion: true });
const session: RTCPeerConnection | null = stored.peerConnection(null);
const sound: MediaStream | null = stored.remoteStream(null);
stored.getStats(null).then((stats) => stats?.tracks.length);
const score: number | undefined = stored.quality(null)?.score;
stored.on("stream", ({ clientId }) => clientId ?? "the storage session");
// @ts-expect-error it is on or off
new Viewer({ ...options, ingestion: "automatic" });
// @ts-expect-error it is nobody's to free
master.free();
export { connection, off, score, session, sound };
