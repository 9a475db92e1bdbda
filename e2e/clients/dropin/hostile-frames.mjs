// Frames that the service would not send.
import { base64 } from "./harness.mjs";
import { framesLikeTheLast } from "./short-cuts.mjs";

// A master that is told these frames; what it counts is noted.
const told = (...frames) => async (_, h) => {
  const client = await h.opened("MASTER");
  for (const frame of frames) h.data(frame);
  h.note("goes on");
  h.offer("u", "v");
  return client;
};

const frame = (members) => JSON.stringify({ messageType: "SDP_OFFER", ...members });
const payload = base64('{"type":"offer"}');

// What the frame that follows is told as.
const OFFER = 'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v';

export const cases = [
  { name: "an empty frame", run: told("") },
  { name: "no JSON", run: told("hello", "{", "undefined", "<html>") },
  { name: "JSON that is no object", run: told("7", '"text"', "true", "[]", "[1,2]") },
  {
    name: "JSON null",
    run: told("null"),
    mended: {
      why: "it is passed over and counted",
      ours: ["goes on", OFFER],
      reference: [
        "uncaught Cannot read properties of null (reading 'messageType')",
        "goes on", OFFER,
      ],
    },
  },
  { name: "no type", run: told(`{"messagePayload":"${payload}"}`) },
  { name: "an unknown type", run: told(frame({ messageType: "PING", messagePayload: payload })) },
  {
    name: "a type in other letters",
    run: told(frame({ messageType: "sdp_offer", messagePayload: payload })),
  },
  { name: "a type that is no text", run: told(frame({ messageType: 7, messagePayload: payload })) },
  {
    name: "the gateway's own error frame",
    run: told('{"message":"Endpoint request timed out","connectionId":"c","requestId":"r"}'),
  },
  { name: "no payload", run: told(frame({})) },
  { name: "an empty payload", run: told(frame({ messagePayload: "" })) },
  { name: "a payload that is no text", run: told(frame({ messagePayload: 7 }), frame({ messagePayload: {} })) },
  { name: "a payload that is no base64", run: told(frame({ messagePayload: "***" })) },
  { name: "a payload that is no JSON", run: told(frame({ messagePayload: base64("hello") })) },
  {
    name: "a payload of nothing",
    run: told(...["null", "false", "0", '""'].map((it) => frame({ messagePayload: base64(it) }))),
  },
  {
    name: "a payload that is no object",
    run: told(...["7", '"text"', "[1]"].map((it) => frame({ messagePayload: base64(it) }))),
  },
  { name: "base64 without its end", run: told(frame({ messagePayload: "eyJ0IjoxfQ" })) },
  { name: "members that nobody knows", run: told(frame({ messagePayload: payload, more: [{}] })) },
  {
    name: "members twice",
    run: told(`{"messageType":"PING","messageType":"SDP_OFFER","messagePayload":"${payload}"}`),
  },
  {
    name: "names of what every object has",
    run: told(
      `{"__proto__":{"messageType":"SDP_OFFER"},"messagePayload":"${payload}"}`,
      `{"constructor":1,"messageType":"SDP_OFFER","messagePayload":"${base64('{"__proto__":1}')}"}`,
    ),
  },
  { name: "a deep frame", run: told("[".repeat(10_000), `{"a":${"[".repeat(10_000)}`) },
  {
    name: "a deep payload",
    run: async (_, h) => {
      const client = h.silent("MASTER");
      client.on("sdpOffer", () => h.note("an offer"));
      await h.open(client);
      const deep = `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`;
      h.data(frame({ messagePayload: base64(deep) }));
    },
  },
  {
    name: "a number without end",
    run: told(frame({ messagePayload: base64(`{"n":${"9".repeat(400)}}`) })),
  },
  { name: "half a letter", run: told('{"messageType":"\\ud83c"}', frame({ messagePayload: base64('{"s":"\\ud83c"}') })) },
  { name: "a NUL", run: told(frame({ messagePayload: base64('{"s":"\\u0000"}') }), "\0") },
  { name: "a binary frame", run: told(new Uint8Array([123, 125]).buffer, undefined) },
  {
    name: "HTML in a failure report is left to the program",
    run: told('{"messageType":"STATUS_RESPONSE","statusResponse":{"description":"<img onerror=x>"}}'),
  },
  { name: "a failure report of nothing", run: told('{"messageType":"STATUS_RESPONSE","statusResponse":null}') },
  {
    name: "a sender of 256 letters, and one of the service's own",
    run: told(
      frame({ messagePayload: payload, senderClientId: "x".repeat(256) }),
      frame({ messagePayload: payload, senderClientId: "AWS_storage" }),
    ),
  },
  {
    name: "a sender that is no id",
    run: told(
      ...["a b", "<b>", "x".repeat(257)].map((it) => frame({ messagePayload: payload, senderClientId: it })),
      ...[7, {}, ["v"]].map((it) => frame({ messagePayload: payload, senderClientId: it })),
    ),
    mended: {
      why: "the service gives out no such id",
      ours: ["goes on", 'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v'],
      reference: [
        'sdpOffer {"type":"offer"} a b',
        'sdpOffer {"type":"offer"} <b>',
        `sdpOffer {"type":"offer"} ${"x".repeat(257)}`,
        'sdpOffer {"type":"offer"} 7',
        'sdpOffer {"type":"offer"} {}',
        'sdpOffer {"type":"offer"} ["v"]',
        "goes on",
        OFFER,
      ],
    },
  },
  {
    name: "a sender that is empty or null",
    run: told(
      frame({ messagePayload: payload, senderClientId: "" }),
      frame({ messagePayload: payload, senderClientId: null }),
    ),
    mended: {
      why: "the master's sender is undefined",
      ours: [
        'sdpOffer {"type":"offer"} undefined',
        'sdpOffer {"type":"offer"} undefined',
        "goes on",
        OFFER,
      ],
      reference: [
        'sdpOffer {"type":"offer"} ',
        'sdpOffer {"type":"offer"} null',
        "goes on",
        OFFER,
      ],
    },
  },
  {
    name: "an offer that is a failure report",
    run: told(frame({ statusResponse: { success: false } })),
    mended: {
      why: "an offer without one is none",
      ours: ["goes on", 'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v'],
      reference: [
        "sdpOffer undefined undefined",
        "goes on",
        OFFER,
      ],
    },
  },
  {
    name: "a failure report without one",
    run: told(frame({ messageType: "STATUS_RESPONSE", messagePayload: payload })),
    mended: {
      why: "there is nothing to tell",
      ours: ["goes on", 'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v'],
      reference: [
        "statusResponse undefined",
        "goes on",
        OFFER,
      ],
    },
  },
  {
    name: "a payload of the whole world's letters",
    run: told(frame({ messagePayload: base64('{"s":"日本 🎥"}') })),
    mended: {
      why: "base64 of JSON is of its UTF-8",
      ours: [
        'sdpOffer {"s":"日本 🎥"} undefined',
        "goes on",
        OFFER,
      ],
      reference: [
        `sdpOffer {"s":"${Buffer.from("日本 🎥").toString("latin1")}"} undefined`,
        "goes on",
        OFFER,
      ],
    },
  },
  {
    name: "a payload that is no UTF-8",
    run: told(frame({ messagePayload: Buffer.from([0x22, 0xff, 0x22]).toString("base64") })),
    mended: {
      why: "it is passed over and counted",
      ours: ["goes on", 'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v'],
      reference: [
        "sdpOffer ÿ undefined",
        "goes on",
        OFFER,
      ],
    },
  },
  {
    name: "base64 of the kind for URLs",
    run: told(frame({ messagePayload: "eyJzIjoifn5-In0" })),
    mended: {
      why: "as in browsers, where the reference passes it over too",
      ours: ["goes on", 'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v'],
      reference: [
        'sdpOffer {"s":"~~~"} undefined',
        "goes on",
        OFFER,
      ],
    },
  },
  {
    name: "a frame that is longer than any of the service's",
    run: async (_, h) => {
      const client = h.silent("MASTER");
      client.on("sdpOffer", () => h.note("an offer"));
      await h.open(client);
      h.trace.length = 0;
      h.data(frame({ messagePayload: base64(`{"s":"${"x".repeat(10_000_000)}"}`) }));
    },
    mended: { why: "what it takes is bounded", ours: [], reference: ["an offer"] },
  },
  {
    name: "what is passed over is counted, and logged",
    run: async (_, h) => {
      const logger = { debug() {}, log() {}, warn: (...words) => h.note(...words) };
      const client = await h.opened("MASTER", { logger });
      for (const data of ["[]", frame({ messageType: "PING" }), frame({}), new ArrayBuffer(1)]) h.data(data);
      h.note(client.droppedMessages);
    },
    mended: {
      why: "whoever looks for a lost message finds it",
      ours: [
        "[SignalingClient] passed over: a frame was malformed",
        "[SignalingClient] passed over: a frame was of an unknown type",
        "[SignalingClient] passed over: a frame's payload was malformed",
        "[SignalingClient] passed over: a frame was malformed",
        '{"tooLong":0,"malformed":2,"unknownType":1,"badPayload":1,"badSender":0,"tooManyCandidates":0,"outdatedCandidate":0}',
      ],
      reference: ["undefined"],
    },
  },
  ...framesLikeTheLast,
];
