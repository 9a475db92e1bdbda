// What sending refuses, and what it sends.
import { candidatesLikeTheLast } from "./short-cuts.mjs";

const OFFER = { type: "offer", sdp: "v=0\r\n" };
const METHODS = ["sendSdpOffer", "sendSdpAnswer", "sendIceCandidate"];

// Sends one message as an open client of this role.
const send = (role, payload, recipient, correlationId, method = "sendSdpOffer") => async (_, h) => {
  const client = await h.opened(role);
  h.attempt(method, () => client[method](payload, recipient, correlationId));
};

export const cases = [
  ...METHODS.map((method) => ({
    name: `${method} before it is open`,
    run: (_, h) => {
      const client = h.client("VIEWER");
      h.attempt(method, () => client[method](OFFER));
    },
  })),
  {
    name: "while it is opening",
    run: async (_, h) => {
      const client = h.client("VIEWER");
      client.open();
      h.attempt("send", () => client.sendSdpOffer(OFFER));
      await new Promise(setImmediate);
      h.attempt("send", () => client.sendSdpOffer(OFFER));
    },
  },
  {
    name: "while it is closing",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      client.close();
      h.attempt("send", () => client.sendSdpOffer(OFFER));
    },
  },
  {
    name: "after it is closed",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      h.end();
      h.attempt("send", () => client.sendSdpOffer(OFFER));
    },
  },
  ...METHODS.map((method) => ({
    name: `${method} of a viewer with a recipient`,
    run: send("VIEWER", OFFER, "viewer-2", undefined, method),
  })),
  ...METHODS.map((method) => ({
    name: `${method} of a master to a viewer`,
    run: send("MASTER", OFFER, "viewer-2", undefined, method),
  })),
  { name: "a viewer whose recipient is empty", run: send("VIEWER", OFFER, "") },
  { name: "a viewer whose recipient is null", run: send("VIEWER", OFFER, null) },
  { name: "a master without a recipient", run: send("MASTER", OFFER) },
  { name: "a correlation id", run: send("VIEWER", OFFER, undefined, "a.B-9_") },
  { name: "a recipient and a correlation id", run: send("MASTER", OFFER, "v", "c") },
  { name: "an empty correlation id", run: send("VIEWER", OFFER, undefined, "") },
  { name: "a correlation id with a space", run: send("VIEWER", OFFER, undefined, "a b") },
  { name: "a correlation id of other letters", run: send("MASTER", OFFER, "v", "é") },
  { name: "a correlation id of 256", run: send("VIEWER", OFFER, undefined, "x".repeat(256)) },
  { name: "a correlation id of 257", run: send("VIEWER", OFFER, undefined, "x".repeat(257)) },
  { name: "the recipient is looked at first", run: send("VIEWER", OFFER, "v", "a b") },
  {
    name: "not being open is looked at first of all",
    run: (_, h) => {
      h.attempt("send", () => h.client("VIEWER").sendSdpOffer(OFFER, "v", "a b"));
    },
  },
  {
    name: "a payload with toJSON",
    run: send("VIEWER", { hidden: 1, toJSON: () => OFFER }),
  },
  {
    name: "a payload of a class",
    run: send("VIEWER", new (class { type = "offer"; get sdp() { return "hidden"; } })()),
  },
  {
    name: "a toJSON that throws",
    run: send("VIEWER", { toJSON() { throw new Error("no JSON today"); } }),
  },
  {
    name: "a payload that holds itself",
    run: (_, h) => {
      const payload = {};
      payload.payload = payload;
      return send("VIEWER", payload)(_, h);
    },
  },
  { name: "a payload longer than the service takes", run: send("VIEWER", { sdp: "x".repeat(20_000) }) },
  { name: "a payload with letters of the whole world", run: send("VIEWER", { sdp: "日本 🎥" }) },
  { name: "a payload with half a letter", run: send("VIEWER", { sdp: "\ud83c" }) },
  {
    name: "a payload with letters of Latin-1",
    run: send("VIEWER", { s: "é" }),
    mended: {
      why: "base64 of JSON is of its UTF-8, as JSON has no other encoding",
      ours: [
        'sent {"action":"SDP_OFFER","messagePayload":"eyJzIjoiw6kifQ=="}',
        "sendSdpOffer gives undefined",
      ],
      reference: [
        'sent {"action":"SDP_OFFER","messagePayload":"eyJzIjoi6SJ9"}',
        "sendSdpOffer gives undefined",
      ],
    },
  },
  {
    name: "no payload",
    run: send("VIEWER", undefined),
    mended: {
      why: "it would send the text 'undefined', which is no JSON",
      ours: ["sendSdpOffer throws sdpOffer must be an object"],
      reference: [
        'sent {"action":"SDP_OFFER","messagePayload":"dW5kZWZpbmVk"}',
        "sendSdpOffer gives undefined",
      ],
    },
  },
  {
    name: "a recipient that is no text",
    run: send("MASTER", {}, 7),
    mended: {
      why: "every argument is checked when it is given",
      ours: ["sendSdpOffer throws recipientClientId must be a string"],
      reference: [
        'sent {"action":"SDP_OFFER","messagePayload":"e30=","recipientClientId":7}',
        "sendSdpOffer gives undefined",
      ],
    },
  },
  {
    name: "a socket that throws",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      h.socket.send = () => { throw new Error("still in CONNECTING state"); };
      h.attempt("send", () => client.sendSdpOffer(OFFER));
    },
  },
  ...candidatesLikeTheLast,
];
