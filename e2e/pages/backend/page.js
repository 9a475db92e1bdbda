// A page whose sessions come from its back end. It keeps what its provider was asked, and every text
// that the network brought it.
import init, { Master, Viewer } from "./pkg/kvs_webrtc.js";

const asked = [];
const received = [];

class WatchedSocket extends WebSocket {
  constructor(url) {
    super(url);
    this.addEventListener("message", ({ data }) => received.push(String(data)));
  }
}

async function session(request) {
  const { role, clientId = null, need, reason } = request;
  asked.push({ role, clientId, need, reason });
  const answer = await fetch("/session", { method: "POST", body: JSON.stringify(request) });
  const text = await answer.text();
  received.push(text);
  if (!answer.ok) throw new Error(text);
  return JSON.parse(text);
}

const options = (more) => ({
  session, natTraversal: "turn-only", WebSocket: WatchedSocket, ...more,
});

// Until when the TURN servers' user names are good, which begin with that, in epoch milliseconds.
function turnExpiry() {
  const expiries = received.join().matchAll(/"username":"(\d+):/g);
  return Math.max(...[...expiries].map(([, seconds]) => seconds * 1000));
}

async function see(clientId) {
  const viewer = new Viewer(options({ clientId }));
  await viewer.start();
  document.querySelector("video").srcObject = viewer.remoteStream;
  return viewer;
}

await init();
globalThis.page = { asked, received, see, turnExpiry, master: new Master(options()), viewers: {} };
document.title = "Ready";
