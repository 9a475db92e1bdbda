// A master, its viewers and its limits.
import { Master, MasterViewer, type MasterOptions, type SessionStats, type ViewerState } from "kvs-webrtc";

const credentials = { accessKeyId: "AK", secretAccessKey: "SK" };
const limits: MasterOptions = {
  channelARN: "arn", credentials,
  maxViewers: 3, maxHeldCandidates: 64, maxOffers: 5, maxRejected: 256, reconnect: false,
};
const master = new Master(limits);

master.on("viewer", (viewer: MasterViewer) => (viewer.clientId === "me" ? viewer.accept() : viewer.reject()));
master.addEventListener("viewer", (event) => {
  event.preventDefault();
  event.detail.wait();
});
master.on("viewerstate", ({ clientId, state, reason }) => {
  const told: [string, ViewerState, "stopped" | "left" | "failed" | "replaced" | "rejected" | undefined] =
    [clientId, state, reason];
  return told;
});

export async function others(): Promise<number> {
  const sent: number = master.broadcast("to all");
  master.send(new ArrayBuffer(8), "one");
  const known: MasterViewer[] = master.viewers;
  const one: MasterViewer | null = master.viewer("one");
  const waiting: "asking" | "connecting" | "connected" | "closed" | undefined = one?.state;
  one?.send(new Uint8Array(8));
  one?.close();
  const stats: SessionStats | null | undefined = await one?.getStats();
  const seen: [MediaStream | null, RTCPeerConnection | null][] = known.map((it) => [it.stream, it.peerConnection]);
  const stream: MediaStream | null = master.remoteStream("one");
  const figures = [sent, one?.bufferedAmount ?? 0, stats?.tracks.length ?? 0, seen.length];
  return stream && waiting ? Math.max(...figures) : 0;
}

// @ts-expect-error Only a master makes them.
new MasterViewer();
// @ts-expect-error A limit is a number.
new Master({ ...limits, maxViewers: "3" });
// @ts-expect-error Of viewers there is a list, not a number.
master.viewers = 3;
// @ts-expect-error What is sent to all is text or bytes.
master.broadcast({ text: "hello" });
// @ts-expect-error Of whose channel?
master.bufferedAmount();
// @ts-expect-error A master has no picture of the other side, but of each.
master.remoteStream();
// @ts-expect-error Its viewers have ids; it has none.
new Master({ channelARN: "arn", credentials, clientId: "me" });
