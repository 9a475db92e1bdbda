// Which events come, in which order, and to whom.
import { base64, description } from "./harness.mjs";

const STATUS = {
  correlationId: "c", success: false, errorType: "InvalidArgumentException", statusCode: "400",
  description: "<b>no</b>",
};

export const cases = [
  {
    name: "a viewer opens, is answered and closes",
    run: async (_, h) => {
      const client = h.client("VIEWER");
      await h.open(client);
      client.sendSdpOffer(description("offer", "u"));
      h.message("SDP_ANSWER", description("answer", "u"));
      h.candidate("one", "u");
      client.close();
      h.end();
    },
  },
  {
    name: "a master hears of the viewer that sends",
    run: async (_, h) => {
      await h.open(h.client("MASTER"));
      h.offer("u", "viewer-1");
      h.candidate("one", "u", "viewer-1");
      h.message("SDP_ANSWER", description("answer", "w"), "viewer-2");
    },
  },
  {
    name: "a viewer may be offered something",
    run: async (_, h) => {
      await h.open(h.client("VIEWER"));
      h.offer("u");
    },
  },
  {
    name: "a failure report",
    run: async (_, h) => {
      await h.opened("VIEWER");
      h.data(JSON.stringify({ messageType: "STATUS_RESPONSE", statusResponse: STATUS }));
      h.data(JSON.stringify({ messagePayload: "", messageType: "STATUS_RESPONSE", statusResponse: STATUS }));
    },
  },
  {
    name: "the service closes",
    run: async (_, h) => {
      await h.opened("MASTER");
      h.end(1001, "Going away");
      h.note(h.socket.listeners.length, "listeners left");
    },
  },
  {
    name: "an open connection fails",
    run: async (_, h) => {
      await h.opened("MASTER");
      h.fire("error");
      h.end(1006, "", false);
    },
  },
  {
    name: "a connection is refused",
    run: async (_, h) => {
      const client = h.client("MASTER");
      client.open();
      await new Promise(setImmediate);
      h.fire("error");
      h.end(1006, "", false);
      h.attempt("open", () => client.open());
    },
  },
  {
    name: "listeners are called in the order in which they came",
    run: async (_, h) => {
      const client = h.silent("VIEWER");
      client.on("open", () => h.note("second"));
      client.on("open", () => h.note("third"));
      client.prependListener("open", () => h.note("first"));
      client.addListener("open", () => h.note("fourth"));
      await h.open(client);
    },
  },
  {
    name: "once and prependOnceListener listen once",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      client.once("sdpOffer", () => h.note("once"));
      client.prependOnceListener("sdpOffer", () => h.note("once, first"));
      h.offer("u", "v");
      h.note(client.listenerCount("sdpOffer"));
      h.offer("u", "v");
    },
  },
  {
    name: "off and removeListener take the newest of the same",
    run: (_, h) => {
      const client = h.silent("VIEWER");
      const one = () => h.note("one");
      client.on("open", one).on("open", () => h.note("between")).on("open", one);
      client.off("open", one);
      client.emit("open");
      client.removeListener("open", one).removeListener("open", () => {});
      h.note(client.listenerCount("open"), client.emit("open"));
    },
  },
  {
    name: "every adding and removing gives the client",
    run: (_, h) => {
      const client = h.silent("VIEWER");
      const nothing = () => {};
      for (const [method, ...args] of [
        ["on", "open", nothing], ["addListener", "open", nothing], ["once", "open", nothing],
        ["prependListener", "open", nothing], ["prependOnceListener", "open", nothing],
        ["off", "open", nothing], ["removeListener", "open", nothing],
        ["removeAllListeners", "open"], ["removeAllListeners"], ["setMaxListeners", 20],
      ]) {
        h.note(method, client[method](...args) === client);
      }
      h.note(client.getMaxListeners());
    },
  },
  {
    name: "listeners are counted, listed and named",
    run: (_, h) => {
      const client = h.silent("VIEWER");
      const one = () => h.note("one");
      client.on("open", one).once("close", one).on("close", () => {});
      h.note(client.eventNames());
      h.note(client.listenerCount("close"), client.listenerCount("error"));
      h.note(client.listeners("close")[0] === one, client.listeners("error"));
      const raw = client.rawListeners("close")[0];
      h.note(raw === one, raw.listener === one);
      raw();
      raw();
      h.note(client.listenerCount("close"), client.getMaxListeners());
      client.removeAllListeners("close");
      h.note(client.eventNames());
      client.removeAllListeners();
      h.note(client.eventNames());
    },
  },
  {
    name: "a listener is called on the client",
    run: async (_, h) => {
      const client = h.silent("VIEWER");
      client.on("open", function () { h.note(this === client); });
      client.once("open", function () { h.note(this === client); });
      await h.open(client);
    },
  },
  {
    name: "a program's own events",
    run: (_, h) => {
      const client = h.silent("VIEWER");
      const name = Symbol("mine");
      client.on(name, (...args) => h.note("mine", ...args));
      h.note(client.emit(name, 1, "two", { three: 3 }), client.emit("nobody's"));
      h.note(client.eventNames().length);
    },
  },
  {
    name: "who comes while an event is told is not told of it, who goes is",
    run: (_, h) => {
      const client = h.silent("VIEWER");
      const late = () => h.note("late");
      client.on("open", () => { client.on("open", late).off("open", gone); });
      const gone = () => h.note("gone");
      client.on("open", gone);
      client.emit("open");
      client.emit("open");
    },
  },
  {
    name: "listeners are told of listeners",
    run: (_, h) => {
      const client = h.silent("VIEWER");
      const nothing = () => {};
      client.on("newListener", (name) => h.note("new", name, client.listenerCount(name)));
      client.on("removeListener", (name) => h.note("removed", name, client.listenerCount(name)));
      client.on("open", nothing).off("open", nothing).once("close", nothing);
      client.emit("close");
      client.on("open", nothing).removeAllListeners("open");
    },
  },
  {
    name: "what a program emits throws at the program",
    run: (_, h) => {
      const client = h.silent("VIEWER");
      client.on("open", () => { throw new Error("mine"); });
      h.attempt("emit", () => client.emit("open"));
    },
  },
  {
    name: "a subclass",
    run: async (sdk, h) => {
      class Mine extends sdk.SignalingClient {
        open() {
          h.note("opening");
          super.open();
        }
      }
      const client = h.listen(new Mine(h.config("VIEWER")));
      h.note(client instanceof sdk.SignalingClient, client instanceof Mine);
      await h.open(client);
    },
  },
  {
    name: "two clients do not hear of each other",
    run: async (_, h) => {
      const [one, other] = [h.silent("VIEWER"), h.silent("VIEWER")];
      one.on("open", () => h.note("one"));
      other.on("open", () => h.note("other"));
      await h.open(one);
      await h.open(other);
    },
  },
  {
    name: "the service is going away",
    run: async (_, h) => {
      await h.opened("MASTER");
      h.data('{"messagePayload":"","messageType":"GO_AWAY"}');
      h.data('{"messageType":"RECONNECT_ICE_SERVER"}');
    },
    mended: {
      why: "the service's two notices were dropped",
      ours: ["goAway", "reconnectIceServer"],
      reference: [],
    },
  },
  {
    name: "an error that nobody listens for",
    run: async (_, h) => {
      const warn = () => h.note("a warning");
      const client = h.silent("MASTER", { logger: { debug() {}, log() {}, warn } });
      h.listen(client, ["open", "close"]);
      await h.open(client);
      h.fire("error");
      h.end(1006);
    },
    mended: {
      why: "it is logged, not thrown",
      ours: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL"} at a date', "socket SIGNED",
        "open", "a warning", "close",
      ],
      reference: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL"} at a date', "socket SIGNED",
        "open", "uncaught Unhandled error. ({})", "close",
      ],
    },
  },
  {
    name: "what an error and an end say",
    run: async (_, h) => {
      const client = h.silent("MASTER");
      client.on("error", (error) => h.note(error.code, error.message, error.cause?.message));
      client.on("close", (end) => h.note("close", end));
      await h.open(client);
      h.trace.length = 0;
      h.fire("error", { message: "read ECONNRESET" });
      h.end(1001, "Going away");
    },
    mended: {
      why: "an error has a code and a cause, an end its code and reason",
      ours: [
        "network.socketClosed the signaling connection failed read ECONNRESET",
        'close {"code":1001,"reason":"Going away","wasClean":true,"expected":false}',
      ],
      reference: ["undefined read ECONNRESET undefined", "close undefined"],
    },
  },
  {
    name: "a connection is refused, and says how",
    run: async (_, h) => {
      const client = h.silent("MASTER");
      client.on("error", (error) => h.note(error.name, error.code, error.retryable));
      client.on("close", (end) => h.note("close", end?.expected));
      client.open();
      await new Promise(setImmediate);
      h.trace.length = 0;
      h.fire("error");
      h.end(1006, "", false);
    },
    mended: {
      why: "an error has a code, an end says whether it was expected",
      ours: ["KvsError service.refused true", "close false"],
      reference: ["undefined undefined undefined", "close undefined"],
    },
  },
  {
    name: "a payload of Latin-1 letters arrives",
    run: async (_, h) => {
      await h.opened("MASTER");
      h.data(`{"messageType":"SDP_OFFER","messagePayload":"${base64('{"sdp":"é"}')}"}`);
    },
    mended: {
      why: "base64 of JSON is of its UTF-8",
      ours: ['sdpOffer {"sdp":"é"} undefined'],
      reference: ['sdpOffer {"sdp":"Ã©"} undefined'],
    },
  },
];
