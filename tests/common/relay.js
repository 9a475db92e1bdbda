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

export function install() {
  globalThis.WebSocket = RelaySocket;
  globalThis.fetch = async (url) => {
    const answer = ANSWERS[new URL(url).pathname];
    return new Response(JSON.stringify(answer), { status: 200 });
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

export function ofViewer() {
  return (detail) => detail.clientId !== undefined;
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
