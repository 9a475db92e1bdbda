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
