// Opening and closing in every order.
import { CHANNEL, SIGNED_URL, turn } from "./harness.mjs";

// A signer that answers when it is told to.
function slowSigner(h) {
  const asked = [];
  const requestSigner = {
    getSignedURL: () => {
      h.note("sign");
      return new Promise((resolve, reject) => asked.push({ resolve, reject }));
    },
  };
  return { requestSigner, asked };
}

const reopens = (h, client) => h.attempt("open again", () => client.open());

export const cases = [
  {
    name: "opening twice",
    run: async (_, h) => {
      const client = h.client("VIEWER");
      client.open();
      h.attempt("open", () => client.open());
      await turn();
      h.attempt("open", () => client.open());
      h.fire("open");
      h.attempt("open", () => client.open());
    },
  },
  {
    name: "opening while it is closing",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      client.close();
      h.attempt("open", () => client.open());
      h.end();
      h.attempt("open", () => client.open());
    },
  },
  {
    name: "closing what is closed",
    run: async (_, h) => {
      const client = h.client("VIEWER");
      h.attempt("close", () => client.close());
      await h.open(client);
      h.end();
      h.attempt("close", () => client.close());
    },
  },
  {
    name: "closing before the URL is there opens no socket",
    run: async (_, h) => {
      const { requestSigner, asked } = slowSigner(h);
      const client = h.client("VIEWER", { requestSigner });
      client.open();
      client.close();
      h.note("closed");
      asked[0].resolve(SIGNED_URL);
      await turn();
      h.note(h.sockets.length, "sockets");
    },
  },
  {
    name: "closing and opening in one go",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      client.close();
      h.end();
      await h.open(client);
      client.close();
    },
  },
  {
    name: "closing while the socket connects",
    run: async (_, h) => {
      const client = h.client("VIEWER");
      client.open();
      await turn();
      client.close();
      h.note("closing");
      h.fire("error");
      h.end(1006, "", false);
    },
  },
  {
    name: "the service closes while it is closing",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      client.close();
      h.end(1001);
      h.end(1000);
    },
  },
  {
    name: "messages that come while it is closing are told",
    run: async (_, h) => {
      const client = await h.opened("MASTER");
      client.close();
      h.offer("u", "v");
      h.end();
    },
  },
  {
    name: "a socket that is closed is not listened to any more",
    run: async (_, h) => {
      await h.opened("MASTER");
      const listeners = [...h.socket.listeners];
      h.end();
      h.note(h.socket.listeners.length, "of", listeners.length, "listeners left");
    },
  },
  {
    name: "opening again and again",
    run: async (_, h) => {
      const client = h.client("MASTER");
      for (let i = 0; i < 5; i++) {
        await h.open(client);
        h.end(1001);
      }
    },
  },
  {
    name: "the date is of the service's clock",
    run: async (_, h) => {
      const requestSigner = {
        getSignedURL: async (...args) => {
          h.note(args.length, Math.round((args[2] - Date.now()) / 60_000), "minutes");
          return SIGNED_URL;
        },
      };
      for (const systemClockOffset of [undefined, 0, 3_600_000, -3_600_000]) {
        await h.open(h.client("VIEWER", { requestSigner, systemClockOffset }));
      }
    },
  },
  {
    name: "the signer is a method of its object",
    run: async (_, h) => {
      const requestSigner = {
        url: SIGNED_URL,
        getSignedURL() { return Promise.resolve(this.url); },
      };
      await h.open(h.client("VIEWER", { requestSigner }));
    },
  },
  {
    name: "the signer may give the URL itself",
    run: async (_, h) => {
      await h.open(h.client("VIEWER", { requestSigner: { getSignedURL: () => SIGNED_URL } }));
    },
  },
  {
    name: "the signer is asked inside of open()",
    run: (_, h) => {
      const client = h.client("MASTER");
      h.note("before");
      client.open();
      h.note("after");
    },
  },
  {
    name: "a second close() does nothing",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      client.close();
      client.close();
      h.end();
    },
    mended: {
      why: "as its documentation has it",
      ours: ["socket.close", "close"],
      reference: ["socket.close", "socket.close", "close"],
    },
  },
  {
    name: "a signer that fails",
    run: async (_, h) => {
      const requestSigner = { getSignedURL: () => Promise.reject(new Error("no keys")) };
      const client = h.silent("VIEWER", { requestSigner });
      client.on("error", (error) => h.note("error", error.code, error.message, error.cause?.message));
      client.on("close", () => h.note("close"));
      client.open();
      await turn();
      reopens(h, client);
    },
    mended: {
      why: "the client is closed, says so, and opens again",
      ours: [
        "error caller.signerFailed no keys no keys",
        "close",
        "open again gives undefined",
        "error caller.signerFailed no keys no keys",
        "close",
      ],
      reference: [
        "error undefined no keys undefined",
        "open again throws Client is already open, opening, or closing",
      ],
    },
  },
  {
    name: "a signer that throws",
    run: async (_, h) => {
      const requestSigner = { getSignedURL: () => { throw new Error("no signer"); } };
      const client = h.client("VIEWER", { requestSigner });
      client.open();
      h.note("opening");
      await turn();
      reopens(h, client);
    },
    mended: {
      why: "as where it rejects",
      ours: ["opening", "error", "close", "open again gives undefined", "error", "close"],
      reference: ["opening", "error", "open again throws Client is already open, opening, or closing"],
    },
  },
  {
    name: "a signer that gives nothing",
    run: async (_, h) => {
      const client = h.client("VIEWER", { requestSigner: { getSignedURL: async () => undefined } });
      client.open();
      await turn();
      reopens(h, client);
    },
    mended: {
      why: "there is nothing to connect to",
      ours: ["error", "close", "open again gives undefined", "error", "close"],
      reference: ["socket undefined", "open again throws Client is already open, opening, or closing"],
    },
  },
  {
    name: "a socket that cannot be made",
    run: async (_, h) => {
      const client = h.client("VIEWER");
      globalThis.WebSocket = class {
        constructor(url) { throw new SyntaxError(`${url} is invalid`); }
      };
      client.on("error", (error) => h.note(error.message.includes("signed") ? "leaks" : "quiet"));
      client.open();
      await turn();
      reopens(h, client);
    },
    mended: {
      why: "the client is closed, and the signed URL is not told",
      ours: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "error",
        "quiet",
        "close",
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "open again gives undefined",
        "error",
        "quiet",
        "close",
      ],
      reference: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "error",
        "leaks",
        "open again throws Client is already open, opening, or closing",
      ],
    },
  },
  {
    name: "a signer that answers to an earlier open()",
    run: async (_, h) => {
      const { requestSigner, asked } = slowSigner(h);
      const client = h.client("VIEWER", { requestSigner });
      client.open();
      client.close();
      client.open();
      asked[0].resolve("wss://first/");
      asked[1].resolve("wss://second/");
      await turn();
    },
    mended: {
      why: "there would be two sockets, one of them lost",
      ours: ["sign", "close", "sign", "socket wss://second/"],
      reference: ["sign", "close", "sign", "socket wss://first/", "socket wss://second/"],
    },
  },
  {
    name: "a signer that fails for an earlier open()",
    run: async (_, h) => {
      const { requestSigner, asked } = slowSigner(h);
      const client = h.client("VIEWER", { requestSigner });
      client.open();
      client.close();
      client.open();
      asked[0].reject(new Error("late"));
      await turn();
      asked[1].resolve(SIGNED_URL);
      await turn();
    },
    mended: {
      why: "nobody waits for it any more",
      ours: ["sign", "close", "sign", "socket SIGNED"],
      reference: ["sign", "close", "sign", "error", "socket SIGNED"],
    },
  },
  {
    name: "a socket that opens after close()",
    run: async (_, h) => {
      const client = h.client("VIEWER");
      client.open();
      await turn();
      client.close();
      h.fire("open");
      h.attempt("send", () => client.sendSdpOffer({ type: "offer" }));
    },
    mended: {
      why: "it is about to close",
      ours: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "socket SIGNED",
        "socket.close",
        "send throws Could not send message because the connection to the signaling service is not open.",
      ],
      reference: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "socket SIGNED",
        "socket.close",
        "open",
        'sent {"action":"SDP_OFFER","messagePayload":"eyJ0eXBlIjoib2ZmZXIifQ=="}',
        "send gives undefined",
      ],
    },
  },
  {
    name: "a socket that never opens",
    run: async (_, h) => {
      h.stopClock();
      const client = h.client("VIEWER");
      client.on("error", (error) => h.note(error.code));
      client.open();
      await turn();
      h.pass(9_999);
      h.note("nothing yet");
      h.pass(1);
      reopens(h, client);
    },
    mended: {
      why: "it is given up after 10 seconds",
      ours: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "socket SIGNED",
        "nothing yet",
        "socket.close",
        "error",
        "network.timeout",
        "close",
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "open again gives undefined",
        "socket SIGNED",
      ],
      reference: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "socket SIGNED",
        "nothing yet",
        "open again throws Client is already open, opening, or closing",
      ],
    },
  },
  {
    name: "a socket that never closes",
    run: async (_, h) => {
      const client = await h.opened("VIEWER");
      h.stopClock();
      client.close();
      h.pass(1_999);
      h.note("nothing yet");
      h.pass(1);
      reopens(h, client);
    },
    mended: {
      why: "it is let go of after 2 seconds",
      ours: [
        "socket.close",
        "nothing yet",
        "close",
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "open again gives undefined",
        "socket SIGNED",
      ],
      reference: [
        "socket.close",
        "nothing yet",
        "open again throws Client is already open, opening, or closing",
      ],
    },
  },
  {
    name: "a socket that has opened is given all the time",
    run: async (_, h) => {
      h.stopClock();
      const client = h.client("VIEWER");
      await h.open(client);
      h.pass(3_600_000);
      client.sendSdpOffer({ type: "offer", channel: CHANNEL });
    },
  },
  {
    name: "a WebSocket of the program's own",
    run: async (_, h) => {
      const { WebSocket } = h;
      globalThis.WebSocket = class { constructor() { throw new Error("not this one"); } };
      h.client("VIEWER", { WebSocket }).open();
      await turn();
      if (h.socket) h.fire("open");
    },
    mended: {
      why: "Node has no global one before version 22",
      ours: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "socket SIGNED",
        "open",
      ],
      reference: [
        'sign ENDPOINT {"X-Amz-ChannelARN":"CHANNEL","X-Amz-ClientId":"viewer-1"} at a date',
        "error",
      ],
    },
  },
];
