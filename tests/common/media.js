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
