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
    mended: { why: "the first attempt's URL would open a second socket", ours: [], reference: [] },
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
  {
    name: "close() in sdpAnswer, iceCandidate and statusResponse",
    run: async (_, h) => {
      for (const event of ["sdpAnswer", "iceCandidate", "statusResponse"]) {
        const client = await h.opened("VIEWER");
        client.on(event, () => { client.close(); h.note("after close()"); });
        h.data('{"messageType":"STATUS_RESPONSE","statusResponse":{"success":false}}');
        h.message("SDP_ANSWER", description("answer", "u"));
        if (event === "iceCandidate") h.candidate("one", "u");
        h.end();
      }
    },
    mended: { why: "a second close() does nothing", ours: [], reference: [] },
  },
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
    mended: { why: "it is let go of in time", ours: [], reference: [] },
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
    mended: { why: "the socket would be open, and the client closed", ours: [], reference: [] },
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
    mended: { why: "it is closed by then", ours: [], reference: [] },
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
    mended: { why: "it is closed already, and says so once", ours: [], reference: [] },
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
    mended: { why: "there were no such events", ours: [], reference: [] },
  },
  fails("sdpOffer", (h) => { h.candidate("one", "u", "v"); h.offer("u", "v"); }, [], []),
  fails("iceCandidate", (h) => {
    h.candidate("one", "u", "v");
    h.candidate("two", "u", "v");
    h.offer("u", "v");
  }, [], []),
  fails("sdpAnswer", (h) => h.message("SDP_ANSWER", description("answer", "u")), [], []),
  fails("statusResponse", (h) => {
    h.data('{"messageType":"STATUS_RESPONSE","statusResponse":{"success":false}}');
  }, [], []),
  fails("error", (h) => h.fire("error"), [], []),
  fails("close", (h) => h.end(), [], []),
  {
    name: "a listener of open that throws",
    run: async (_, h) => {
      const client = h.silent("VIEWER", { logger: logger(h) });
      client.on("open", () => { throw new Error("mine"); });
      h.listen(client);
      await h.open(client);
      h.attempt("send", () => client.sendSdpOffer(OFFER));
    },
    mended: { why: "it is reported, and disturbs nothing", ours: [], reference: [] },
  },
  {
    name: "a listener that rejects",
    run: async (_, h) => {
      const client = await h.opened("MASTER", { logger: logger(h) });
      client.on("sdpOffer", async () => { throw new Error("mine"); });
      h.offer("u", "v");
      await turn();
    },
    mended: { why: "it is reported; Node would end the program", ours: [], reference: [] },
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
    mended: { why: "a log is no reason to lose a message", ours: [], reference: [] },
  },
];
