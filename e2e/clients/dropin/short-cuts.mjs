// What is short for frames and signatures that are like the last: the same comes of it as of those
// that are like none.
import { CHANNEL, ENDPOINT, base64, candidate, description, turn } from "./harness.mjs";

const ROUNDS = 60;
const STEPS = 150;
const SENDERS = [undefined, "a", "b", "no id", "x".repeat(300)];
const UFRAGS = ["u", "w", undefined, 7];

// The same numbers every time.
function dice(seed) {
  let state = seed;
  const roll = (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
  return { roll, one: (list) => list[roll(list.length)] };
}

const frameOf = (type, payload, sender) =>
  JSON.stringify({ messageType: type, messagePayload: payload, senderClientId: sender });

const spaced = (text, space) => `${text.slice(0, 8)}${space}${text.slice(8)}`;

// What becomes of the base64 of a candidate on its way, if it does not come as it was sent.
const WAYS = [
  (text) => text.replace(/=+$/, ""),
  (text) => spaced(text, " "),
  (text) => spaced(text, "!"),
  (text) => spaced(text, "="),
  (text) => text.slice(1),
  () => base64("null"),
  () => base64("[1]"),
  () => base64("{"),
  () => base64(JSON.stringify(candidate("é€", "u"))),
  () => base64(JSON.stringify(candidate("x".repeat(8000), "u"))),
  () => base64(JSON.stringify(candidate("x".repeat(2000), "u"))),
];

// What becomes of a frame.
const TWISTS = [
  (frame, text) => frame.replace(text, spaced(text, "\n")),
  (frame, text) => frame.replace(text, spaced(text, "\t")),
  (frame, text) => frame.replace(text, spaced(text, "\\n")),
  (frame, text) => frame.replace(text, spaced(text, "\\/")),
  (frame, text) => frame.replace(text, `${text}","messagePayload":"${text}`),
  (frame, text) => frame.replace("{", `{"other":"${text}",`),
  (frame, text) => frame.replace("{", `{"${text}":1,`),
  (frame) => frame.slice(0, -1),
  (frame) => `${frame}}`,
  (frame) => ` ${frame} `,
];

// A frame that is likely to be like the last one.
function next({ roll, one }, last) {
  if (last === undefined || roll(4) === 0) {
    if (roll(4) === 0) {
      const type = one(["SDP_OFFER", "SDP_ANSWER"]);
      const said = description(type === "SDP_OFFER" ? "offer" : "answer", one(["u", "w"]));
      return { type, said, sender: one(SENDERS) };
    }
    const said = candidate(`candidate:${roll(9)} ufrag w`, one(UFRAGS));
    return { type: "ICE_CANDIDATE", said, sender: one(SENDERS) };
  }
  const { type, said, sender } = last;
  const again = type === "ICE_CANDIDATE" ? candidate(`candidate:${"1".repeat(roll(9))}`, said.usernameFragment) : said;
  return { type, said: again, sender };
}

function written({ roll, one }, { type, said, sender }) {
  const text = base64(JSON.stringify(said));
  const sent = roll(8) === 0 ? one(WAYS)(text) : text;
  const frame = frameOf(type, sent, sender);
  return roll(8) === 0 ? one(TWISTS)(frame, sent) : frame;
}

// A client, and what it is told: at times it is called, or told more, from inside of an event.
async function subject(h, more, mend) {
  const trace = [];
  let inside;
  const actInside = () => {
    const act = inside;
    inside = undefined;
    act?.();
  };
  const logger = { debug() {}, log() {}, error() {}, warn: actInside };
  const client = h.silent("MASTER", { ...more, logger });
  for (const event of ["sdpOffer", "sdpAnswer", "iceCandidate"]) {
    client.on(event, (...values) => {
      trace.push(JSON.stringify([event, ...values]));
      actInside();
    });
  }
  await h.open(client);
  const { socket } = h;
  const hear = (frame) => {
    mend.before(client);
    h.fire("message", { data: mend.frame(frame) }, socket);
  };
  return { client, trace, hear, later: (act) => { inside = act; } };
}

function step(numbers, frame, { client, hear, later }) {
  const { sender } = frame;
  const act = [
    () => client.drainPendingIceCandidates(sender),
    () => client.resetIceCandidateState(sender),
    () => hear(frame.other),
    () => hear(frame.text),
  ];
  const [kind, number] = numbers;
  if (kind === 0) later(act[number]);
  if (kind === 1 && number < 2) act[number]();
  hear(frame.text);
}

const asIs = { before() {}, frame: (text) => text };

// What no frame before was like, and after which the client knows of no last one.
function likeNone() {
  let count = 0;
  return {
    before: (client) => client.resetIceCandidateState("nobody"),
    frame: (text) => text.replace("{", () => `{"count":${count += 1},`),
  };
}

// What differs, without what is long and the same.
function difference(one, other, place, frame) {
  const [here, there] = [one[place], String(other[place])];
  const at = [...here].findIndex((char, index) => char !== there[index]);
  const part = (text) => text.slice(Math.max(at - 40, 0), at + 80);
  return `${part(here)} differs from ${part(there)} after ${frame.slice(0, 400)}`;
}

async function compare(h, seed, more) {
  const numbers = dice(seed);
  const [one, other] = [await subject(h, more, asIs), await subject(h, more, likeNone())];
  let last;
  for (let at = 0; at < STEPS; at++) {
    last = next(numbers, last);
    const frame = { ...last, text: written(numbers, last), other: written(numbers, next(numbers)) };
    const kinds = [numbers.roll(5), numbers.roll(4)];
    for (const it of [one, other]) step(kinds, frame, it);
    for (const it of [one, other]) {
      const held = ["", "a", "b"].map((id) => it.client.getPendingIceCandidates(id));
      it.trace.push(JSON.stringify([held, it.client.droppedMessages]));
    }
    const place = one.trace.findIndex((line, place) => line !== other.trace[place]);
    if (place >= 0) return difference(one.trace, other.trace, place, frame.text);
  }
  return one.trace.length > STEPS ? "the same" : "nothing was told";
}

const frames = (name, more) => ({
  name,
  run: async (_, h) => {
    const outcomes = new Set();
    for (let seed = 1; seed <= ROUNDS; seed++) outcomes.add(await compare(h, seed, more));
    h.trace.length = 0;
    h.note([...outcomes]);
  },
});

const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const OTHER_KEYS = { accessKeyId: "AKIDOTHER", secretAccessKey: "other", sessionToken: "token" };
const QUERY = { "X-Amz-ChannelARN": CHANNEL };
const DATE = new Date("2025-01-02T03:04:05Z");
const CALLS = [
  [ENDPOINT, QUERY], [ENDPOINT, {}], ["wss://other", QUERY], ["https://other", QUERY], ["", QUERY],
  [ENDPOINT, { a: 1 }], [ENDPOINT, { a: "b\0c" }], [ENDPOINT, null], [ENDPOINT, undefined],
];
const ALL_KEYS = [
  KEYS, OTHER_KEYS, { ...KEYS, sessionToken: "a" }, { ...KEYS, secretAccessKey: "a\0b" },
  { ...KEYS, accessKeyId: "" }, { ...KEYS, accessKeyId: "no id" }, { ...KEYS, sessionToken: 7 },
];

async function signed(signer, [endpoint, query]) {
  try {
    return await signer.getSignedURL(endpoint, query, DATE);
  } catch (error) {
    return error.message;
  }
}

// A signer that has signed other things before signs as one that has not.
async function signatures(sdk, h) {
  const { one } = dice(1);
  const credentials = {};
  const signer = new sdk.SigV4RequestSigner("us-west-2", credentials);
  let different = 0;
  for (let at = 0; at < 400; at++) {
    for (const name of Object.keys(credentials)) delete credentials[name];
    const [keys, call] = [one(ALL_KEYS), one(CALLS)];
    Object.assign(credentials, keys);
    const fresh = await signed(new sdk.SigV4RequestSigner("us-west-2", keys), call);
    for (let again = 0; again < 2; again++) different += await signed(signer, call) !== fresh;
  }
  h.note("different", different);
}

// Frames in which the place of the payload's text is another's, or another's as well.
const doubled = ["other", "messagePayload", "senderClientId"].map((member) => ({
  name: `a member ${member} with the payload's text`,
  run: async (_, h) => {
    await h.opened("MASTER");
    const [one, other] = ["one", "other"].map((name) => base64(JSON.stringify(candidate(name, "u"))));
    h.offer("u");
    for (const first of [one, one, one, other, other]) {
      h.data(`{"${member}":"${first}","messageType":"ICE_CANDIDATE","messagePayload":"${one}"}`);
    }
  },
}));

export const framesLikeTheLast = [
  ...doubled,
  frames("frames that are like the last one"),
  frames("and while candidates wait to be drained", { enableEarlyIceCandidateBuffering: true }),
];

export const signedBefore = { name: "a signer that has signed other things before", run: signatures };

const OVER = { candidate: "over the short cut", sdpMid: "0" };

// Candidates of a class of its own, as those of browsers are.
const classed = (toJSON) => new (class { toJSON(...args) { return toJSON(...args); } })();

// What is sent after two that are alike, the second of which was sent by the short cut.
const afterOthers = (name, act, { mended, role = "MASTER", to } = {}) => ({
  name: `after candidates: ${name}`,
  run: async (_, h) => {
    const client = await h.opened(role);
    for (let i = 0; i < 2; i++) client.sendIceCandidate(OVER, to);
    h.trace.length = 0;
    const send = (...args) => h.attempt("send", () => client.sendIceCandidate(...args));
    await act({ h, client, send });
  },
  mended,
});

const SENT = 'sent {"action":"ICE_CANDIDATE","messagePayload":"';
const sentBy = (text) => [`${SENT}${base64(text)}"}`, "send gives undefined"];
const checked = (text, ours) => ({
  why: "every argument is checked when it is given, and sent as JSON is",
  ours, reference: text === undefined ? ["send gives undefined"] : sentBy(text),
});

const payloads = [
  ["a class", () => classed(() => OVER)],
  ["a toJSON that is told the name", () => classed((...args) => args)],
  ["a toJSON whose object has one", () => classed(() => ({ a: 1, toJSON: () => "not asked" }))],
  ["a toJSON that gives the object itself", () => ({ a: 1, toJSON() { return this; } })],
  ["a toJSON that gives a number", () => classed(() => 7)],
  ["a toJSON that gives nothing there is", () => classed(() => null)],
  ["a toJSON that is none", () => ({ toJSON: 7 })],
  ["a toJSON that throws", () => classed(() => { throw new Error("no JSON today"); })],
  ["a toJSON that gives a BigInt", () => classed(() => 7n)],
  ["a member that has a toJSON", () => ({ date: new Date(0), in: classed((name) => name) })],
  ["a date", () => new Date(0)],
  ["a list", () => [OVER]],
  ["letters of the whole world", () => ({ candidate: "日本 🎥" })],
  ["half a letter", () => ({ candidate: "\ud83c" })],
];

const unlike = [
  ...payloads.map(([name, make]) => afterOthers(name, ({ send }) => send(make()))),
  ...["null", "7", '"text"'].map((text) => afterOthers(
    `no object: ${text}`, ({ send }) => send(JSON.parse(text)),
    { mended: checked(text, ["send throws iceCandidate must be an object"]) },
  )),
  afterOthers("nothing that is JSON", ({ h, client }) => {
    try {
      client.sendIceCandidate(classed(() => undefined));
    } catch ({ name, message, code, hint, retryable }) {
      h.note(name, message, code, hint, retryable);
    }
  }, {
    mended: {
      why: "it would send the text 'undefined', which is no JSON",
      ours: [
        "KvsError iceCandidate cannot be written as JSON caller.invalidArgument "
          + "Correct the named argument. false",
      ],
      reference: [`${SENT}dW5kZWZpbmVk"}`],
    },
  }),
  afterOthers("letters of Latin-1", ({ send }) => send({ s: "é" }), {
    mended: {
      why: "base64 of JSON is of its UTF-8, as JSON has no other encoding",
      ours: [`${SENT}eyJzIjoiw6kifQ=="}`, "send gives undefined"],
      reference: [`${SENT}eyJzIjoi6SJ9"}`, "send gives undefined"],
    },
  }),
  afterOthers("other recipients", ({ send }) => {
    for (const to of ["b", "", null, undefined, 'a "b"']) send(OVER, to);
  }, { to: "a" }),
  afterOthers("a viewer's recipients", ({ send }) => {
    for (const to of ["a", "", null]) send(OVER, to);
  }, { role: "VIEWER" }),
  afterOthers("a recipient that is no text", ({ send }) => send({}, 7), {
    mended: {
      why: "every argument is checked when it is given",
      ours: ["send throws recipientClientId must be a string"],
      reference: [`${SENT}e30=","recipientClientId":7}`, "send gives undefined"],
    },
  }),
  afterOthers("correlation ids", ({ send }) => {
    for (const id of ["c", "c", undefined, "", null, "a b", "c", "x".repeat(257)]) send(OVER, undefined, id);
  }),
  afterOthers("close()", ({ h, client, send }) => {
    client.close();
    send(OVER);
    h.end();
    send(OVER);
  }),
  afterOthers("the socket's end, and another socket", async ({ h, client, send }) => {
    const [first] = h.sockets;
    first.send = () => h.note("the first one is sent something");
    h.end();
    send(OVER);
    client.open();
    send(OVER);
    await turn();
    send(OVER);
    h.fire("open");
    for (let i = 0; i < 2; i++) send(OVER);
  }),
  afterOthers("an error of the socket", ({ h, send }) => {
    h.fire("error");
    send(OVER);
    h.end(1006);
    send(OVER);
  }),
  afterOthers("a socket that says that it is closed", ({ h, send }) => {
    h.socket.readyState = 3;
    send(OVER);
  }),
  afterOthers("a socket that throws, then no more", ({ h, send }) => {
    const send_ = h.socket.send;
    h.socket.send = () => { throw new Error("still in CONNECTING state"); };
    send(OVER);
    h.socket.send = send_;
    send(OVER);
  }),
  afterOthers("close() in toJSON", ({ h, client, send }) => {
    send(classed(() => { client.close(); return OVER; }));
    send(OVER);
    h.end();
    send(OVER);
  }),
  afterOthers("the socket's end in toJSON", ({ h, send }) => {
    send(classed(() => { h.end(); return OVER; }));
    send(OVER);
  }),
  afterOthers("close() in the socket's send", ({ h, client, send }) => {
    h.socket.send = () => client.close();
    send(OVER);
    send(OVER);
  }),
  afterOthers("a candidate to another in toJSON", ({ send }) => {
    send(classed(() => { send(OVER, "b"); return OVER; }), "a");
    for (const to of ["a", "b"]) send(OVER, to);
  }, { to: "a" }),
  afterOthers("messages of other kinds", ({ client, send }) => {
    for (const kind of ["sendSdpOffer", "sendSdpAnswer"]) {
      client[kind](OVER);
      send(OVER);
    }
  }),
  afterOthers("the method, called on a client that is not open", ({ h, client }) => {
    const other = h.client("MASTER");
    h.attempt("send", () => client.sendIceCandidate.call(other, OVER));
  }),
  afterOthers("an object that is freed", ({ client, send }) => {
    client.free?.();
    send(OVER);
  }, { mended: { why: "the reference frees none", ours: ["send throws null pointer passed to rust"], reference: sentBy(JSON.stringify(OVER)) } }),
  {
    name: "candidates of two clients on one socket",
    run: async (_, h) => {
      const one = await h.opened("MASTER");
      const shared = h.socket;
      globalThis.WebSocket = class { constructor() { return shared; } };
      const other = await h.opened("MASTER");
      const send = (client) => h.attempt("send", () => client.sendIceCandidate(OVER));
      for (const client of [one, other, one, other]) send(client);
      one.close();
      for (const client of [one, other, other]) send(client);
    },
  },
];

const SENT_BY_CHANCE = [
  () => OVER, () => OVER, () => OVER, () => classed(() => OVER), () => ({ candidate: "日本" }),
  () => classed(() => { throw new Error("no JSON"); }),
];
const IDS = [undefined, undefined, undefined, "c", "", "a b"];

// Clients that send by turns, and are closed and opened again.
async function sentByChance(h, seed) {
  const { roll, one } = dice(seed);
  const names = ["one", "other"];
  const clients = names.map((_, place) => h.silent(place === roll(3) ? "VIEWER" : "MASTER"));
  const sockets = [];
  const open = async (place) => {
    await h.open(clients[place]);
    sockets[place] = h.socket;
    h.socket.send = (text) => h.note(names[place], text);
  };
  for (const place of [0, 1]) await open(place);
  for (let step = 0; step < STEPS; step++) {
    const place = roll(2);
    const send = (by, payload) => h.attempt(names[by], () => {
      clients[by].sendIceCandidate(payload, one([undefined, undefined, "a", "b", null]), one(IDS));
    });
    const kind = roll(20);
    if (kind === 0) clients[place].close();
    if (kind < 2) {
      h.end(1000, "", true, sockets[place]);
      send(place, OVER);
      await open(place);
    } else if (kind < 5) {
      send(place, classed(() => { send(roll(2), OVER); return OVER; }));
    } else {
      send(place, one(SENT_BY_CHANCE)());
    }
  }
}

export const candidatesLikeTheLast = [
  ...unlike,
  {
    name: "candidates by chance, of two clients",
    run: async (_, h) => { for (let seed = 1; seed <= 10; seed++) await sentByChance(h, seed); },
  },
];
