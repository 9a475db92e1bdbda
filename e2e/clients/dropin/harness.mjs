// What a case has at hand: a scripted WebSocket, a signer, clients whose events are written down,
// and a clock that stands still. What happens becomes a trace of lines.

export const CHANNEL = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000";
export const ENDPOINT = "wss://endpoint.kinesisvideo.us-west-2.amazonaws.com";
export const SIGNED_URL = `${ENDPOINT}/?X-Amz-Signature=signed`;

// Long texts, as traces have them.
const SHORT = [[SIGNED_URL, "SIGNED"], [ENDPOINT, "ENDPOINT"], [CHANNEL, "CHANNEL"]];

const EVENTS = [
  "open", "sdpOffer", "sdpAnswer", "iceCandidate", "statusResponse", "goAway",
  "reconnectIceServer", "error", "close",
];

export const base64 = (text) => Buffer.from(text).toString("base64");

// A description of one generation, and a candidate that belongs to it.
export const description = (type, ufrag) => ({ type, sdp: `v=0\r\na=ice-ufrag:${ufrag}\r\n` });
export const candidate = (name, usernameFragment) => ({ candidate: name, usernameFragment });

export class Harness {
  trace = [];
  sockets = [];
  #sdk;
  #clock;

  constructor(sdk) {
    this.#sdk = sdk;
    const harness = this;
    this.WebSocket = class {
      constructor(url) {
        harness.note("socket", url);
        this.listeners = [];
        harness.sockets.push(this);
      }
      addEventListener(type, listener) { this.listeners.push([type, listener]); }
      removeEventListener(type, listener) {
        this.listeners = this.listeners.filter((it) => it[0] !== type || it[1] !== listener);
      }
      send(text) { harness.note("sent", text); }
      close() { harness.note("socket.close"); }
    };
    globalThis.WebSocket = this.WebSocket;
  }

  note(...words) {
    let line = words.map(show).join(" ");
    for (const [long, short] of SHORT) line = line.replaceAll(long, short);
    this.trace.push(line);
  }

  // Notes what a call gives or throws.
  attempt(what, call) {
    try {
      const given = call();
      this.note(what, "gives", typeof given === "object" && given !== null ? "an object" : given);
      return given;
    } catch (error) {
      this.note(what, "throws", error instanceof Error ? error.message : "no error");
    }
  }

  config(role, more) {
    const requestSigner = {
      getSignedURL: async (endpoint, query, date) => {
        this.note("sign", endpoint, query, date instanceof Date ? "at a date" : typeof date);
        return SIGNED_URL;
      },
    };
    return {
      role, channelARN: CHANNEL, channelEndpoint: ENDPOINT, region: "us-west-2",
      ...(role === "VIEWER" ? { clientId: "viewer-1" } : {}), requestSigner, ...more,
    };
  }

  client(role, more) { return this.listen(this.silent(role, more)); }

  silent(role, more) { return new this.#sdk.SignalingClient(this.config(role, more)); }

  // Both packages tell of errors and ends; what ours says of them is looked at by cases of its own.
  listen(client, events = EVENTS) {
    for (const event of events) {
      const bare = event === "error" || event === "close";
      client.on(event, (...args) => this.note(event, ...(bare ? [] : args)));
    }
    return client;
  }

  async opened(role, more) {
    const client = this.client(role, more);
    await this.open(client);
    this.trace.length = 0;
    return client;
  }

  async open(client) {
    client.open();
    await turn();
    this.fire("open");
  }

  get socket() { return this.sockets.at(-1); }

  // Calls the socket's listeners as a browser does: what one throws is reported, and goes nowhere.
  fire(type, event = {}, socket = this.socket) {
    for (const [wanted, listener] of [...socket.listeners]) {
      if (wanted !== type) continue;
      try {
        listener(event);
      } catch (error) {
        this.note("uncaught", error.message);
      }
    }
  }

  data(data) { this.fire("message", { data }); }

  message(messageType, payload, senderClientId, more) {
    const messagePayload = base64(JSON.stringify(payload));
    this.data(JSON.stringify({ messagePayload, messageType, senderClientId, ...more }));
  }

  offer(ufrag, sender) { this.message("SDP_OFFER", description("offer", ufrag), sender); }

  candidate(name, ufrag, sender) { this.message("ICE_CANDIDATE", candidate(name, ufrag), sender); }

  end(code = 1000, reason = "", wasClean = true, socket = this.socket) {
    this.fire("close", { code, reason, wasClean }, socket);
  }

  // Stops the clock for this case; `pass` lets time pass.
  stopClock() {
    const { setTimeout, clearTimeout } = globalThis;
    let now = performance.now();
    const timers = new Map();
    globalThis.setTimeout = (call, delay) => {
      const id = timers.size + 1;
      timers.set(id, { call, at: now + delay });
      return id;
    };
    globalThis.clearTimeout = (id) => timers.delete(id);
    performance.now = () => now;
    this.#clock = () => {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      delete performance.now;
    };
    this.pass = (milliseconds) => {
      now += milliseconds;
      for (const [id, { call, at }] of [...timers]) {
        if (at <= now && timers.delete(id)) call();
      }
    };
  }

  endOfCase() {
    this.#clock?.();
    delete globalThis.WebSocket;
  }
}

// Lets every promise that can settle do so.
export async function turn() {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

function show(value) {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return JSON.stringify(value) ?? String(value);
}
