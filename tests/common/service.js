// What a service and strangers say, for tests in a browser, on the relay.

// Every socket that is opened from now on, in its order; says something on one of them.
export function saying() {
  const opened = [];
  globalThis.WebSocket = class extends globalThis.WebSocket {
    constructor(url) {
      super(url);
      opened.push(this);
    }
  };
  return (place, data) => opened[place].dispatchEvent(new MessageEvent("message", { data }));
}

const opened = (socket) => new Promise((resolve) => socket.addEventListener("open", resolve));

function speak(socket, action, what, recipientClientId) {
  socket.send(JSON.stringify({ action, messagePayload: btoa(JSON.stringify(what)), recipientClientId }));
}

// Changes of a description that no browser's own has.
const CHANGES = {
  nothing: (sdp) => sdp,
  "no fingerprint": (sdp) => sdp.replace(/a=fingerprint:.*\r\n/g, ""),
  "a payload type beyond 127": (sdp) =>
    sdp.replace(/^(m=video .*SAVPF) \d+/m, "$1 200").replace(/^a=rtpmap:\d+/m, "a=rtpmap:200"),
  "a line's end in a mid": (sdp) => sdp.replace(/a=mid:.*/g, "a=mid:0\r\n<b>"),
  "a line's end in an ice-ufrag": (sdp) => sdp.replace(/a=ice-ufrag:.*/g, "a=ice-ufrag:ab\r\ncd"),
  "sections of no kind": (sdp) => sdp + "m=x 9 y 0\r\n".repeat(1_000),
  "no description": () => "\u0000<script>",
  "10,000 sections": (sdp) => sdp + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n".repeat(10_000),
  "a megabyte": (sdp) => sdp + `a=x:${"y".repeat(1_000)}\r\n`.repeat(1_000),
};

async function offer() {
  const peer = new RTCPeerConnection();
  peer.createDataChannel("kvsDataChannel");
  peer.addTransceiver("video", { direction: "recvonly" });
  const { sdp } = await peer.createOffer();
  peer.close();
  return sdp;
}

// A viewer of this id makes an offer that is changed so.
export async function hostileOffer(id, change) {
  const socket = new WebSocket(`ws://localhost:9/s?X-Amz-ClientId=${id}`);
  await opened(socket);
  speak(socket, "SDP_OFFER", { type: "offer", sdp: CHANGES[change](await offer()) });
}

// A master that answers each id once, as those do that hold its connection, with an answer that is changed so;
// gives what ends it.
export async function foreignMaster(change = "nothing") {
  const socket = new WebSocket("ws://localhost:9/s");
  await opened(socket);
  const known = new Set();
  socket.addEventListener("message", async ({ data }) => {
    const { messageType, messagePayload, senderClientId } = JSON.parse(data || "{}");
    if (messageType !== "SDP_OFFER" || known.has(senderClientId)) return;
    known.add(senderClientId);
    const peer = new RTCPeerConnection();
    await peer.setRemoteDescription(JSON.parse(atob(messagePayload)));
    const { sdp } = await peer.createAnswer();
    peer.close();
    speak(socket, "SDP_ANSWER", { type: "answer", sdp: CHANGES[change](sdp) }, senderClientId);
  });
  return () => socket.close();
}

// A service that lends its TURN server late. Gives what has it lent, and then the viewer's connection
// find no path.
export function lateTurn() {
  const { fetch } = globalThis;
  const server = { Uris: ["turn:127.0.0.1:3478?transport=udp"], Username: "u", Password: "p", Ttl: 300 };
  let lend;
  const lent = new Promise((resolve) => (lend = resolve));
  globalThis.fetch = async (url, init) => {
    if (!url.endsWith("/v1/get-ice-server-config")) return fetch(url, init);
    await lent;
    return new Response(JSON.stringify({ IceServerList: [server] }));
  };
  return async (viewer) => {
    lend();
    const isAsked = () => viewer.timeline().some(({ name, end }) => name === "getIceConfig" && end === null);
    while (isAsked()) await new Promise((later) => setTimeout(later, 5));
    const connection = viewer.peerConnection;
    Object.defineProperty(connection, "connectionState", { value: "failed" });
    connection.dispatchEvent(new Event("connectionstatechange"));
  };
}
