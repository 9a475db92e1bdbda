// A signaling channel inside this page: what the service does between a master and its viewers, for a
// call that leaves the computer nowhere. Media goes from one connection to the other directly.

const MASTER = "master";
/** Nobody's signaling says more before the other side is there. */
const MOST_HELD = 100;

/** A channel with no one in it: options for `new Master` and `new Viewer` that meet there. */
export function createRelay() {
  const sockets = new Map();
  const held = [];

  class RelaySocket extends EventTarget {
    #name;
    readyState = WebSocket.CONNECTING;

    constructor(url) {
      super();
      this.#name = new URL(url).searchParams.get("as") || MASTER;
      queueMicrotask(() => this.#open());
    }

    #open() {
      if (this.readyState !== WebSocket.CONNECTING) return;
      this.readyState = WebSocket.OPEN;
      sockets.set(this.#name, this);
      this.dispatchEvent(new Event("open"));
      for (const frame of held.splice(0)) deliver(frame);
    }

    send(text) {
      if (this.readyState !== WebSocket.OPEN || text === "") return;
      const { action, messagePayload, recipientClientId } = JSON.parse(text);
      const to = this.#name === MASTER ? recipientClientId : MASTER;
      const from = this.#name === MASTER ? undefined : this.#name;
      deliver({ to, said: { messageType: action, messagePayload, senderClientId: from } });
    }

    close() {
      if (this.readyState === WebSocket.CLOSED) return;
      this.readyState = WebSocket.CLOSED;
      if (sockets.get(this.#name) === this) sockets.delete(this.#name);
      queueMicrotask(() => this.dispatchEvent(new CloseEvent("close", { code: 1000, wasClean: true })));
    }
  }

  const deliver = (frame) => {
    const socket = sockets.get(frame.to);
    if (socket) {
      const data = JSON.stringify(frame.said);
      queueMicrotask(() => socket.dispatchEvent(new MessageEvent("message", { data })));
    } else if (held.length < MOST_HELD) {
      held.push(frame);
    }
  };

  return {
    WebSocket: RelaySocket,
    session: async ({ role, clientId }) => ({
      // Signed by nobody, and read by nobody but the socket above.
      signedUrl: `wss://in-this-page.invalid/?as=${role === "MASTER" ? "" : encodeURIComponent(clientId)}&X-Amz-Signature=none`,
      iceServers: [],
    }),
    natTraversal: "disabled",
  };
}
