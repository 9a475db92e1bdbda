// Calls of the client from inside of whatever it calls, and callbacks that fail.
import { SIGNED_URL, description, turn } from "./harness.mjs";

const OFFER = { type: "offer" };

// Warnings are noted, by their first words.
const logger = (h) => ({
  debug() {}, log() {}, warn: (_, words, error) => h.note("warn", words, error?.message),
});

const fails = (event, cause, ours, reference) => ({
  name: `a listener of ${event} that throws`,
  run: async (_, h) => {
    const client = await h.opened("MASTER", { logger: logger(h) });
    client.prependListener(event, () => { throw new Error("mine"); });
    cause(h);
    h.note("goes on");
  },
  mended: { why: "it is reported, and disturbs nothing", ours, reference },
});

export const cases = [
  {
    name: "close() in open",
    run: async (_, h) => {
      const client = h.client("VIEWER");
      client.on("open", () => { client.close(); h.note("after close()"); });
      await h.open(client);
      h.end();
    },
  },
  {
    name: "open() in open",
    run: async (_, h) => {
      const client = h.client("VIEWER");
      client.on("open", () => h.attempt("open", () => client.open()));
      await h.open(client);
    },
  },
  {
    name: "open() in close",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      client.once("close", () => { client.open(); h.note("after open()"); });
      h.end();
      await turn();
      h.fire("open");
    },
  },
  {
    name: "close() in close",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      client.on("close", () => client.close());
      h.end();
    },
  },
  {
    name: "open() in the close of an attempt that was closed early",
    run: async (_, h) => {
      const client = h.client("VIEWER");
      client.once("close", () => client.open());
      client.open();
      client.close();
      h.note("after close()");
      await turn();
      h.fire("open");
    },
    mended: {
      why: "the first attempt's URL would open a second socket",
      ours: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "close",
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "after close()",
        "socket SIGNED",
        "open",
      ],
      reference: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "close",
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "after close()",
        "socket SIGNED",
        "socket SIGNED",
        "open",
      ],
    },
  },
  {
    name: "close() in sdpOffer, before its candidates",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      client.on("sdpOffer", () => { client.close(); h.note("after close()"); });
      h.candidate("one", "u", "v");
      h.candidate("two", "u", "v");
      h.offer("u", "v");
      h.end();
    },
  },
  ...["sdpAnswer", "iceCandidate", "statusResponse"].map((event) => ({
    name: `close() in ${event}`,
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      client.on(event, () => { client.close(); h.note("after close()"); });
      h.message("SDP_ANSWER", description("answer", "u"));
      h.data('{"messageType":"STATUS_RESPONSE","statusResponse":{"success":false}}');
      h.candidate("one", "u");
      h.end();
    },
  })),
  {
    name: "sending in sdpOffer and iceCandidate",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      client.on("sdpOffer", (_, sender) => client.sendSdpAnswer({ type: "answer" }, sender));
      client.on("iceCandidate", (it, sender) => client.sendIceCandidate(it, sender));
      h.candidate("one", "u", "v");
      h.offer("u", "v");
      h.candidate("two", "u", "v");
    },
  },
  {
    name: "removing listeners in an event",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      client.on("sdpOffer", () => client.removeAllListeners());
      client.on("sdpOffer", () => h.note("still told"));
      h.candidate("one", "u", "v");
      h.offer("u", "v");
      h.offer("u", "v");
      h.end();
    },
  },
  {
    name: "a message inside of a message",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      client.once("sdpOffer", () => h.offer("w", "other"));
      h.candidate("one", "u", "v");
      h.offer("u", "v");
    },
  },
  {
    name: "close() in the signer",
    run: async (_, h) => {
      let client;
      const requestSigner = {
        getSignedURL: async () => { client.close(); h.note("after close()"); return SIGNED_URL; },
      };
      client = h.client("VIEWER", { requestSigner });
      client.open();
      await turn();
      h.note(h.sockets.length, "sockets");
    },
  },
  {
    name: "open() in the signer",
    run: async (_, h) => {
      let client;
      const requestSigner = {
        getSignedURL: async () => { h.attempt("open", () => client.open()); return SIGNED_URL; },
      };
      client = h.client("VIEWER", { requestSigner });
      client.open();
      await turn();
    },
  },
  {
    name: "close() in toJSON",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      client.sendSdpOffer({ toJSON() { client.close(); return OFFER; } });
      h.end();
    },
  },
  {
    name: "close() in the socket's send",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      h.socket.send = () => client.close();
      client.sendSdpOffer(OFFER);
      h.end();
    },
  },
  {
    name: "a socket that closes inside of its close()",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      h.socket.close = () => h.end();
      client.close();
      h.note("after close()");
      h.attempt("open", () => client.open());
    },
  },
  {
    name: "a socket whose close() throws",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      h.socket.close = () => { throw new Error("no"); };
      h.attempt("close", () => client.close());
      h.end();
    },
    mended: {
      why: "it is let go of in time",
      ours: ["close gives undefined", "close"],
      reference: ["close throws no", "close"],
    },
  },
  {
    name: "close() in the making of the socket",
    run: async (_, h) => {
      const client = h.client("VIEWER");
      globalThis.WebSocket = class extends h.WebSocket {
        constructor(url) { super(url); client.close(); }
      };
      client.open();
      await turn();
      h.fire("open");
      h.end();
    },
    mended: {
      why: "the socket would be open, and the client closed",
      ours: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "socket SIGNED",
        "socket.close",
        "close",
      ],
      reference: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "socket SIGNED",
        "close",
        "open",
        "close",
      ],
    },
  },
  {
    name: "open() in the error of a signer that failed",
    run: async (_, h) => {
      let signs = 0;
      const requestSigner = {
        getSignedURL: async () => {
          signs += 1;
          if (signs === 1) throw new Error("not yet");
          return SIGNED_URL;
        },
      };
      const client = h.client("VIEWER", { requestSigner });
      client.once("error", () => h.attempt("open", () => client.open()));
      client.open();
      await turn();
      if (h.socket) h.fire("open");
    },
    mended: {
      why: "it is closed by then",
      ours: ["error", "open gives undefined", "close", "socket SIGNED", "open"],
      reference: ["error", "open throws Client is already open, opening, or closing"],
    },
  },
  {
    name: "close() in the error of a signer that failed",
    run: async (_, h) => {
      const requestSigner = { getSignedURL: async () => { throw new Error("no"); } };
      const client = h.client("VIEWER", { requestSigner });
      client.once("error", () => { client.close(); h.note("after close()"); });
      client.open();
      await turn();
    },
    mended: {
      why: "it is closed already, and says so once",
      ours: ["error", "after close()", "close"],
      reference: ["error", "close", "after close()"],
    },
  },
  {
    name: "close() and open() in the error of a lost connection",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      client.once("error", () => {
        client.close();
        h.attempt("open", () => client.open());
      });
      h.fire("error");
      h.end(1006);
      h.attempt("open", () => client.open());
    },
  },
  {
    name: "close() and open() in the notices of the service",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      client.on("goAway", () => client.close());
      client.on("reconnectIceServer", () => h.attempt("open", () => client.open()));
      client.once("close", () => client.open());
      h.data('{"messageType":"RECONNECT_ICE_SERVER"}');
      h.data('{"messageType":"GO_AWAY"}');
      h.end();
    },
    mended: {
      why: "there were no such events",
      ours: [
        "reconnectIceServer",
        "open throws Client is already open, opening, or closing",
        "goAway",
        "socket.close",
        "close",
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL"} at a date',
        "socket SIGNED",
      ],
      reference: ["close", 'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL"} at a date', "socket SIGNED"],
    },
  },
  fails("sdpOffer", (h) => { h.candidate("one", "u", "v"); h.offer("u", "v"); }, [
    "warn a listener of 'sdpOffer' failed: mine",
    'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v',
    'iceCandidate {"candidate":"one","usernameFragment":"u"} v',
    "goes on",
  ], ["uncaught mine", "goes on"]),
  fails("iceCandidate", (h) => {
    h.candidate("one", "u", "v");
    h.candidate("two", "u", "v");
    h.offer("u", "v");
  }, [
    'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v',
    "warn a listener of 'iceCandidate' failed: mine",
    'iceCandidate {"candidate":"one","usernameFragment":"u"} v',
    "warn a listener of 'iceCandidate' failed: mine",
    'iceCandidate {"candidate":"two","usernameFragment":"u"} v',
    "goes on",
  ], [
    'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v',
    "uncaught mine",
    "goes on",
  ]),
  fails("sdpAnswer", (h) => h.message("SDP_ANSWER", description("answer", "u")), [
    "warn a listener of 'sdpAnswer' failed: mine",
    'sdpAnswer {"type":"answer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} undefined',
    "goes on",
  ], ["uncaught mine", "goes on"]),
  fails("statusResponse", (h) => {
    h.data('{"messageType":"STATUS_RESPONSE","statusResponse":{"success":false}}');
  }, [
    "warn a listener of 'statusResponse' failed: mine",
    'statusResponse {"success":false}',
    "goes on",
  ], ["uncaught mine", "goes on"]),
  fails("error", (h) => h.fire("error"), ["warn a listener of 'error' failed: mine", "error", "goes on"], ["uncaught mine", "goes on"]),
  fails("close", (h) => h.end(), ["warn a listener of 'close' failed: mine", "close", "goes on"], ["uncaught mine", "goes on"]),
  {
    name: "a listener of open that throws",
    run: async (_, h) => {
      const client = h.silent("VIEWER", { logger: logger(h) });
      client.on("open", () => { throw new Error("mine"); });
      h.listen(client);
      await h.open(client);
      h.attempt("send", () => client.sendSdpOffer(OFFER));
    },
    mended: {
      why: "it is reported, and disturbs nothing",
      ours: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "socket SIGNED",
        "warn a listener of 'open' failed: mine",
        "open",
        'sent {"action":"SDP_OFFER","messagePayload":"eyJ0eXBlIjoib2ZmZXIifQ=="}',
        "send gives undefined",
      ],
      reference: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "socket SIGNED",
        "uncaught mine",
        'sent {"action":"SDP_OFFER","messagePayload":"eyJ0eXBlIjoib2ZmZXIifQ=="}',
        "send gives undefined",
      ],
    },
  },
  {
    name: "a listener that rejects",
    run: async (_, h) => {
      const client = await h.opened("MASTER", { logger: logger(h) });
      client.on("sdpOffer", async () => { throw new Error("mine"); });
      h.offer("u", "v");
      await turn();
    },
    mended: {
      why: "it is reported; Node would end the program",
      ours: [
        'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v',
        "warn a listener of 'sdpOffer' failed: mine",
      ],
      reference: [
        'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v',
        "unhandled mine",
      ],
    },
  },
  {
    name: "a logger that throws",
    run: async (_, h) => {
      const no = () => { throw new Error("no log"); };
      await h.opened("MASTER", { logger: { debug: no, log: no, warn: no } });
      h.candidate("one", "u", "v");
      h.offer("u", "v");
      h.data("[]");
    },
    mended: {
      why: "a log is no reason to lose a message",
      ours: [
        'sdpOffer {"type":"offer","sdp":"v=0\\r\\na=ice-ufrag:u\\r\\n"} v',
        'iceCandidate {"candidate":"one","usernameFragment":"u"} v',
      ],
      reference: ["uncaught no log", "uncaught no log"],
    },
  },
];
