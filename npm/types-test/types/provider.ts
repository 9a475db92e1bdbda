// Sessions without keys, and as whom a viewer connects.
import { Master, Viewer, type SessionBundle, type SessionRequest } from "kvs-webrtc";

async function session({ role, clientId, need, reason, signal }: SessionRequest): Promise<SessionBundle> {
  const asked: ["MASTER" | "VIEWER", string | undefined, "connect" | "ice"] = [role, clientId, need];
  const why: "start" | "reconnect" | "rollover" | "refused" = reason;
  const answer = await fetch("/session", { method: "POST", body: JSON.stringify([asked, why]), signal });
  return answer.json() as Promise<SessionBundle>;
}
const servers: RTCIceServer[] = [{ urls: "turn:example.org", username: "u", credential: "c" }];
const given = { iceServers: servers, iceTtlSeconds: 300, channelArn: "arn" };
const bundle: SessionBundle = { signedUrl: "wss://example.org", ...given };
new Master({ session });
new Viewer({ session: () => bundle, clientId: { fixed: "me" } });
const viewer = new Viewer({ session: async () => ({}), clientId: "me" });
viewer.on("clientid", ({ clientId }) => {
  const id: string = clientId;
  return id;
});
viewer.on("goAway", () => undefined);
viewer.on("reconnectIceServer", () => undefined);
viewer.on("statusResponse", ({ correlationId, success }) => [correlationId, success]);
const known: string | null = viewer.clientId;
viewer.prepare().then((nothing: void) => nothing);

// @ts-expect-error A URL is a text.
new Viewer({ session: () => ({ signedUrl: new URL("wss://example.org") }) });
// @ts-expect-error A provider is a function.
new Viewer({ session: bundle });
// @ts-expect-error An id that stays is a text.
new Viewer({ session, clientId: { fixed: 7 } });
// @ts-expect-error What stays has to be named.
new Viewer({ session, clientId: {} });
export { known };
