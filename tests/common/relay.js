// The service in one page, for tests in a browser: REST answers, and a relay between the
// sockets of a master and its viewers.

const ARN = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000";

const ANSWERS = {
  "/describeSignalingChannel": {
    ChannelInfo: { ChannelName: "demo", ChannelARN: ARN, ChannelType: "SINGLE_MASTER", ChannelStatus: "ACTIVE" },
  },
  "/getSignalingChannelEndpoint": {
    ResourceEndpointList: [
      { Protocol: "WSS", ResourceEndpoint: "ws://localhost:9/s" },
      { Protocol: "HTTPS", ResourceEndpoint: "http://localhost:9" },
    ],
  },
  "/v1/get-ice-server-config": { IceServerList: [] },
  "/createSignalingChannel": { ChannelARN: ARN },
};

const sockets = new Map();
// Who takes what a session says, instead of the other sessions: by the session's client id.
const storages = new Map();

class RelaySocket extends EventTarget {
  constructor(url) {
    super();
    this.id = new URL(url).searchParams.get("X-Amz-ClientId");
    this.readyState = 0;
    queueMicrotask(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      sockets.set(this.id, this);
      this.dispatchEvent(new Event("open"));
    });
  }

  send(text) {
    const frame = JSON.parse(text);
    const storage = storages.get(this.id);
    if (storage) return storage(frame);
    const target = this.id === null ? frame.recipientClientId : null;
    const out = { messagePayload: frame.messagePayload, messageType: frame.action };
    if (this.id !== null) out.senderClientId = this.id;
    this.dispatchEvent(new MessageEvent("message", { data: "" }));
    const data = JSON.stringify(out);
    queueMicrotask(() => sockets.get(target)?.dispatchEvent(new MessageEvent("message", { data })));
  }

  close() {
    this.readyState = 3;
    if (sockets.get(this.id) === this) sockets.delete(this.id);
  }
}

// How often the service was asked for something since `install()`.
let asked = 0;
export function timesAsked() {
  return asked;
}

export function install() {
  asked = 0;
  storages.clear();
  globalThis.WebSocket = RelaySocket;
  globalThis.fetch = async (url) => {
    asked += 1;
    const answer = ANSWERS[new URL(url).pathname];
    return new Response(JSON.stringify(answer), { status: 200 });
  };
}

// The service closes a socket: a viewer's, or the master's.
export function drop(id, code) {
  const socket = sockets.get(id ?? null);
  socket.close();
  socket.dispatchEvent(new CloseEvent("close", { code }));
}

// The service itself says something: to a viewer, or to the master.
export function say(id, frame) {
  const data = JSON.stringify(frame);
  sockets.get(id ?? null)?.dispatchEvent(new MessageEvent("message", { data }));
}

// The service's storage session offers a session what it is for: a master to be seen and heard, a viewer to see this
// stream. Its candidates come before the offer, without the section's id. Gives its connection, and what it was sent.
export async function storageSession(id, stream) {
  const key = id ?? null;
  const peer = new RTCPeerConnection();
  const heard = [];
  for (const kind of ["video", "audio"]) {
    const track = stream?.getTracks().find((it) => it.kind === kind);
    peer.addTransceiver(track ?? kind, { direction: stream ? "sendonly" : "recvonly" });
  }
  storages.set(key, async (frame) => {
    heard.push(frame);
    const payload = JSON.parse(atob(frame.messagePayload));
    if (frame.action === "SDP_ANSWER") await peer.setRemoteDescription(payload);
    else if (peer.remoteDescription) await peer.addIceCandidate(payload);
  });
  const tell = (messageType, payload) => say(key, { messagePayload: btoa(JSON.stringify(payload)), messageType });
  peer.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) tell("ICE_CANDIDATE", { candidate: candidate.candidate, sdpMLineIndex: candidate.sdpMLineIndex });
  };
  const gathered = new Promise((resolve) => {
    peer.onicegatheringstatechange = () => peer.iceGatheringState === "complete" && resolve();
  });
  await peer.setLocalDescription();
  await gathered;
  const { type, sdp } = peer.localDescription;
  tell("SDP_OFFER", { type, sdp: sdp.replace(/^a=candidate:.*\r\n/gm, "") });
  return { peer, heard };
}

// The service takes this long to lend TURN servers.
export function slowTurn(milliseconds) {
  const { fetch } = globalThis;
  globalThis.fetch = async (url, init) => {
    if (url.endsWith("/v1/get-ice-server-config")) await new Promise((later) => setTimeout(later, milliseconds));
    return fetch(url, init);
  };
}

// The service no longer knows the channel.
export function refuse(status, name) {
  globalThis.fetch = async () =>
    new Response(JSON.stringify({ Message: "no" }), { status, headers: { "x-amzn-ErrorType": name } });
}

// Resolves with the first event of this type that fits.
export function next(target, type, fits = () => true) {
  return new Promise((resolve) => {
    target.addEventListener(type, (event) => fits(event.detail) && resolve(event.detail));
  });
}

export function hasState(state) {
  return (detail) => detail.state === state;
}

// The camera opens only after a while; resolves with its track.
export function slowCamera() {
  const devices = navigator.mediaDevices;
  return new Promise((resolve) => {
    devices.getUserMedia = async (constraints) => {
      delete devices.getUserMedia;
      await new Promise((later) => setTimeout(later, 50));
      const stream = await devices.getUserMedia(constraints);
      queueMicrotask(() => resolve(stream.getTracks()[0]));
      return stream;
    };
  });
}

// A browser that knows so many codecs that its descriptions are larger than the service takes, as
// those with H.265 do. Gives the essential ones that were kept.
export function manyCodecs() {
  const { createOffer, createAnswer } = RTCPeerConnection.prototype;
  const sent = [];
  const padded = (create) => async function (...rest) {
    const { type, sdp } = await create.apply(this, rest);
    const large = / (AV1|VP9)\//.test(sdp) ? "a=fmtp:35 x-padding=".padEnd(120, "x").concat("\r\n").repeat(40) : "";
    if (!large) sent.push(sdp);
    return { type, sdp: sdp + large };
  };
  RTCPeerConnection.prototype.createOffer = padded(createOffer);
  RTCPeerConnection.prototype.createAnswer = padded(createAnswer);
  return () => {
    Object.assign(RTCPeerConnection.prototype, { createOffer, createAnswer });
    return sent.every((sdp) => / VP8\//.test(sdp) && / opus\//.test(sdp)) ? sent.length : 0;
  };
}

// Offers two videos to a master as a foreign viewer would; tells what came of each.
export async function twoVideos() {
  const peer = new RTCPeerConnection();
  // One codec, or the answer would be larger than the service takes.
  const codecs = RTCRtpReceiver.getCapabilities("video").codecs.filter((codec) => codec.mimeType === "video/VP8");
  for (let n = 0; n < 2; n++) {
    peer.addTransceiver("video", { direction: "recvonly" }).setCodecPreferences(codecs);
  }
  const offer = await peer.createOffer();
  await peer.setLocalDescription(offer);
  const socket = new WebSocket("ws://localhost:9/s?X-Amz-ClientId=stranger");
  const answer = new Promise((resolve) => {
    socket.addEventListener("message", ({ data }) => {
      const frame = data && JSON.parse(data);
      if (frame.messageType === "SDP_ANSWER") resolve(JSON.parse(atob(frame.messagePayload)));
    });
  });
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  socket.send(JSON.stringify({ action: "SDP_OFFER", messagePayload: btoa(JSON.stringify(offer)) }));
  await peer.setRemoteDescription(await answer);
  const directions = peer.getTransceivers().map((one) => one.currentDirection);
  peer.close();
  socket.close();
  return directions.join(",");
}

// Everything that happens on a session calls `act`, which may do anything to it.
export function onEverything(target, act) {
  for (const type of ["state", "localstream", "stream", "message", "error", "close"]) {
    target.addEventListener(type, () => act(type));
  }
}

export function thrower() {
  return () => {
    throw new Error("a listener that throws");
  };
}

// What is thrown and what is rejected meanwhile is reported to nobody; gives how much it was.
export function quietly() {
  let reported = 0;
  const quiet = (event) => {
    reported += 1;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const types = ["error", "unhandledrejection"];
  types.forEach((type) => addEventListener(type, quiet, true));
  return () => {
    types.forEach((type) => removeEventListener(type, quiet, true));
    return reported;
  };
}

// Media and hostile peers, for tests in a browser.

// A picture that changes, of one colour.
export function canvas(colour) {
  const element = document.createElement("canvas");
  Object.assign(element, { width: 320, height: 240 });
  const context = element.getContext("2d");
  let n = 0;
  const draw = () => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 320, 240);
    context.fillStyle = "white";
    context.fillRect(n++ % 8, 0, 1, 1);
  };
  draw();
  const timer = setInterval(draw, 40);
  const stream = element.captureStream(25);
  const [track] = stream.getVideoTracks();
  track.addEventListener("ended", () => clearInterval(timer));
  return stream;
}

// Resolves once the middle of the stream's picture is of this colour.
export async function shows(stream, colour) {
  const video = document.createElement("video");
  Object.assign(video, { srcObject: stream, muted: true, playsInline: true });
  await video.play();
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const fits = {
    red: ([r, g, b]) => r > 150 && g < 100 && b < 100,
    blue: ([r, g, b]) => b > 150 && r < 100 && g < 100,
    black: ([r, g, b]) => r < 40 && g < 40 && b < 40,
    camera: ([r, g, b]) => !fits.red([r, g, b]) && !fits.blue([r, g, b]) && r + g + b > 60,
  };
  for (;;) {
    if (video.videoWidth > 0) {
      context.drawImage(video, video.videoWidth / 2, video.videoHeight * 0.9, 1, 1, 0, 0, 1, 1);
      if (fits[colour](context.getImageData(0, 0, 1, 1).data)) break;
    }
    await new Promise((later) => setTimeout(later, 20));
  }
  video.srcObject = null;
}

// Counts what would ask for another offer.
export function negotiations(connection) {
  const seen = { count: 0 };
  connection.addEventListener("negotiationneeded", () => seen.count++);
  return seen;
}

// A screen to share without anybody to choose it. Gives what the browser's own bar does.
export function fakeScreen() {
  const devices = navigator.mediaDevices;
  let track;
  devices.getDisplayMedia = async () => {
    const stream = canvas("blue");
    [track] = stream.getVideoTracks();
    endable(track);
    return stream;
  };
  return () => {
    delete devices.getDisplayMedia;
    track.endByItself();
  };
}

// Gives a track an end that nobody asked for. (Firefox hands tracks no events that a page made.)
function endable(track) {
  const heard = new Set();
  const { addEventListener, removeEventListener } = track;
  track.addEventListener = (type, listener, ...rest) => {
    if (type === "ended") heard.add(listener);
    addEventListener.call(track, type, listener, ...rest);
  };
  track.removeEventListener = (type, listener, ...rest) => {
    heard.delete(listener);
    removeEventListener.call(track, type, listener, ...rest);
  };
  track.endByItself = () => {
    for (const listener of [...heard]) listener(new Event("ended"));
  };
}

export function refuseScreen(name) {
  navigator.mediaDevices.getDisplayMedia = async () => {
    throw new DOMException("no", name);
  };
}

// Every camera the browser opens from now on, and what it was asked for.
export function cameras() {
  const devices = navigator.mediaDevices;
  const opened = [];
  devices.getUserMedia = async (constraints) => {
    const stream = await MediaDevices.prototype.getUserMedia.call(devices, constraints);
    stream.getTracks().forEach(endable);
    for (const track of stream.getTracks()) opened.push({ track, constraints: JSON.stringify(constraints) });
    return stream;
  };
  return opened;
}

export function refuseCamera(name, constraint) {
  navigator.mediaDevices.getUserMedia = async () => {
    const error = new DOMException("no", name);
    if (constraint) Object.defineProperty(error, "constraint", { value: constraint });
    throw error;
  };
}

export function allowDevices() {
  delete navigator.mediaDevices.getUserMedia;
  delete navigator.mediaDevices.getDisplayMedia;
  delete navigator.mediaDevices.enumerateDevices;
}

// No camera, though a microphone: as a desk computer's browser tells it.
export function withoutCamera() {
  refuseCamera("NotFoundError");
  navigator.mediaDevices.enumerateDevices = async () => [{ kind: "audioinput", deviceId: "", label: "", groupId: "" }];
}

// A viewer that is not ours: its connection and channel, once they are up.
export async function stranger(prepare = () => {}) {
  const peer = new RTCPeerConnection();
  const channel = peer.createDataChannel("kvsDataChannel");
  prepare(peer);
  peer.addTransceiver("video", { direction: "recvonly" });
  const socket = new WebSocket("ws://localhost:9/s?X-Amz-ClientId=stranger");
  const send = (action, what) =>
    socket.send(JSON.stringify({ action, messagePayload: btoa(JSON.stringify(what)) }));
  peer.addEventListener("icecandidate", ({ candidate }) => candidate && send("ICE_CANDIDATE", candidate));
  const early = [];
  let answered = false;
  socket.addEventListener("message", async ({ data }) => {
    if (!data) return;
    const { messageType, messagePayload } = JSON.parse(data);
    const said = JSON.parse(atob(messagePayload));
    if (messageType === "SDP_ANSWER") {
      await peer.setRemoteDescription(said);
      answered = true;
      for (const one of early) await peer.addIceCandidate(one);
    } else if (answered) await peer.addIceCandidate(said);
    else early.push(said);
  });
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  await peer.setLocalDescription();
  send("SDP_OFFER", peer.localDescription);
  await new Promise((resolve) => channel.addEventListener("open", resolve));
  return { peer, channel, socket };
}

// Opens so many channels of other names, as many at once as a connection has; resolves when the other
// side has closed them all.
export async function junkChannels({ peer }, count) {
  const AT_ONCE = 250;
  for (let begun = 0; begun < count; begun += AT_ONCE) {
    const closed = [];
    for (let n = begun; n < Math.min(begun + AT_ONCE, count); n++) {
      const channel = peer.createDataChannel(n % 2 ? `junk-${n}` : "kvsDataChannel", { protocol: "\u0000<b>" });
      closed.push(new Promise((resolve) => channel.addEventListener("close", resolve)));
    }
    await Promise.all(closed);
  }
  return count;
}

export function sendAll({ channel }, messages) {
  for (const message of messages) channel.send(message);
}

// What each description that leaves this browser says.
export function descriptions() {
  const { send } = globalThis.WebSocket.prototype;
  const said = [];
  globalThis.WebSocket.prototype.send = function (text) {
    const { action, messagePayload } = JSON.parse(text);
    if (action !== "ICE_CANDIDATE") said.push({ size: messagePayload.length, ...JSON.parse(atob(messagePayload)) });
    return send.call(this, text);
  };
  return said;
}

// What each of the other side's descriptions says as a connection is given it.
export function applied() {
  const { prototype } = RTCPeerConnection;
  const { setRemoteDescription } = prototype;
  const said = [];
  prototype.setRemoteDescription = function (description) {
    said.push(description.sdp);
    return setRemoteDescription.call(this, description);
  };
  return Object.assign(said, { end: () => Object.assign(prototype, { setRemoteDescription }) });
}

// The next data channel that this page makes.
export function channelsMade() {
  const { prototype } = RTCPeerConnection;
  const { createDataChannel } = prototype;
  const made = [];
  prototype.createDataChannel = function (...rest) {
    prototype.createDataChannel = createDataChannel;
    made.push(createDataChannel.apply(this, rest));
    return made[0];
  };
  return made;
}

// A browser whose video section is longer by this much, whatever codecs are named.
export function longer(bytes) {
  const { createOffer } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.createOffer = async function (...rest) {
    const { type, sdp } = await createOffer.apply(this, rest);
    const line = `a=extmap:9 urn:x:${"x".repeat(80)}\r\n`;
    return { type, sdp: sdp.replace(/m=video[^]*?a=mid:.*\r\n/, "$&" + line.repeat(Math.ceil(bytes / line.length))) };
  };
  const { setLocalDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setLocalDescription = function ({ type, sdp }) {
    return setLocalDescription.call(this, { type, sdp: sdp.replace(/a=extmap:9 urn:x:.*\r\n/g, "") });
  };
  return () => Object.assign(RTCPeerConnection.prototype, { createOffer, setLocalDescription });
}

export async function parametersOf(connection, kind) {
  await later(10);
  const { sender } = connection.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
  return JSON.stringify(sender.getParameters());
}

export function tooManyConnections() {
  const real = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class {
    constructor() {
      throw new DOMException("Failed to construct 'RTCPeerConnection': Cannot create so many PeerConnections", "UnknownError");
    }
  };
  return () => {
    globalThis.RTCPeerConnection = real;
  };
}

export function changeDevices() {
  for (let n = 0; n < 5; n++) navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
}

export function later(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
