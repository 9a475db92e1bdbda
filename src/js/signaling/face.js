// What every frame of a SignalingClient passes through, and the methods of Node's EventEmitter: in
// JavaScript, since each step across the border to the wasm costs more than what is done here, and
// because only here a method knows the object that it is called on. It reads, writes and tells;
// what is to be done is decided by the machine in the wasm.

const LISTENERS = Symbol("listeners");
const MOST = Symbol("most listeners");
const PREFIX = "[SignalingClient]";
/** Shorter texts are decoded faster without bytes in between. */
const LEAST_BYTES = 1 << 10;
/** Engines look for a range many characters at a time, for what is not in one each by itself. */
const NO_ASCII = /[\x80-\uffff]/;
/** A text that is no base64. */
const PROBE = "-";
/** Characters of a frame around its payload; the service's own have a third of that. */
const LONGEST_MOULD = 1 << 10;

const encoder = new TextEncoder();
const scratch = new Uint8Array(1 << 14);
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** The wire's names, and those of the events; the wasm has them. */
let names;
/** The lines of a description that name its generations. */
let generations;
/** How clients have sent candidates, until a socket is no longer open; each in a place of its own. */
let ways = new WeakMap();
/** The place of the client that asks the wasm to send the next one. */
let asking = {};

/** Gives the methods to a class, by its prototype. */
export function kvsInstall(prototype, given) {
  names = kept(given);
  generations = new RegExp(`${given.ufrag}[^\\r\\n]{0,${given.longestUfrag}}`, "g");
  for (const [name, value] of Object.entries({ ...methods, removeListener: methods.off })) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}

/** The same, of texts that engines look up at once, which those that come out of the wasm are not. */
function kept(value) {
  if (typeof value === "string") return Object.keys({ [value]: 0 })[0];
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(kept);
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, kept(it)]));
}

/**
 * What a signature is made of as one text: endpoint, keys, and names and values of the query, each
 * followed by a zero. Endpoint and keys that are `known`, in its first place, are nothing; others are
 * left in its second. Nothing where some of it is no text, has a zero in it, or is yet to be asked for.
 */
export function kvsTexts(known, endpoint, credentials, query) {
  if (typeof credentials !== "object" || typeof credentials?.getPromise === "function") return;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  // What is wrong is told by whoever reads each by itself.
  if (!endpoint || !accessKeyId || !secretAccessKey) return;
  const given = [endpoint, accessKeyId, secretAccessKey, sessionToken ?? ""];
  const [last] = known;
  const texts = given.every((text, place) => text === last?.[place]) ? [""] : [...given];
  if (typeof query === "object" && query !== null) {
    for (const name of Object.keys(query)) texts.push(name, query[name]);
  } else if (query !== undefined) return;
  let joined = "";
  for (const text of texts) {
    if (typeof text !== "string" || text.includes("\0")) return;
    joined += `${text}\0`;
  }
  known[1] = given;
  return joined;
}

/** Listens for frames; gives what forgets the candidates that passed, and with `true` ends it. */
export function kvsListen(socket, tell, logger) {
  const ears = { tell, logger, last: undefined, type: undefined, sender: undefined, mould: undefined };
  const listener = (event) => receive(event.data, ears);
  socket.addEventListener("message", listener);
  return (over) => {
    ears.last = undefined;
    ways = new WeakMap();
    asking = {};
    if (over) socket.removeEventListener("message", listener);
  };
}

/** Sends a message; throws what `toJSON` or the socket throws, or gives false where there is no JSON. */
export function kvsSend(socket, type, payload, recipient, correlationId) {
  const { action, payload: body, recipient: to, correlation } = names;
  let after = recipient ? `","${to}":${JSON.stringify(recipient)}` : '"';
  if (correlationId) after += `,"${correlation}":"${correlationId}"`;
  const before = `{"${action}":"${names.types[type]}","${body}":"`;
  const way = { socket, recipient, correlationId, before, after: `${after}}` };
  // Before anything of the program's is called: it may close this client, or send by another.
  if (type === names.candidate) asking.way = way;
  return send(way, payload);
}

/**
 * Sends a candidate that the wasm need not see: of a client that has sent one the same way, as long
 * as the wasm has not taken that back. Where it gives false, the wasm is to be asked at once.
 */
export function kvsPass(client, candidate, recipient, correlationId) {
  const way = ways.get(client)?.way;
  if (way !== undefined && recipient === way.recipient && correlationId === way.correlationId
    && typeof candidate === "object" && candidate !== null) {
    if (send(way, candidate)) return true;
    throw wrong("iceCandidate cannot be written as JSON");
  }
  ways.set(client, asking = { way: undefined });
  return false;
}

function send({ socket, before, after }, payload) {
  const json = written(payload);
  if (json === undefined) return false;
  socket.send(before + encode(json) + after);
  return true;
}

/** What `JSON.stringify` gives, which takes longer to call `toJSON` than this does. */
function written(payload) {
  const { toJSON } = payload;
  if (typeof toJSON !== "function") return JSON.stringify(payload);
  const value = Reflect.apply(toJSON, payload, [""]);
  return JSON.stringify(value?.toJSON === undefined ? value : { toJSON: () => value });
}

/** Calls the listeners of an event; tells whether there are any. One that fails is reported. */
export function kvsFire(client, event, first, second, logger) {
  return fire(client.deref(), event, first, second, logger);
}

function fire(target, event, first, second, logger) {
  const { name, count } = names.events[event];
  const listeners = target?.[LISTENERS]?.get(name);
  if (listeners === undefined) return false;
  for (const listener of listeners) {
    try {
      const given = count === 2 ? listener.call(target, first, second)
        : count === 1 ? listener.call(target, first) : listener.call(target);
      if (typeof given?.then === "function") {
        given.then(undefined, (error) => failed(logger, name, error));
      }
    } catch (error) {
      failed(logger, name, error);
    }
  }
  return true;
}

/** The same, once this instance is no longer running. */
export function kvsFireLater(client, event, first, logger) {
  const target = client.deref();
  queueMicrotask(() => kvsFire({ deref: () => target }, event, first, undefined, logger));
}

function failed(logger, name, error) {
  kvsReport(logger, `a listener of '${name}' failed:`, error);
}

/** What should not have happened: to the logger, or to the console where `error` needs to be seen. */
export function kvsReport(logger, words, error) {
  write(logger || console, "warn", error === undefined ? [words] : [words, error]);
}

/** A line for the logger, if there is one. */
export function kvsLog(logger, level, words) {
  if (logger) write(logger, level, [words]);
}

/** A logger that throws is no reason to stop. */
function write(logger, level, words) {
  try {
    logger[level](PREFIX, ...words);
  } catch {
    // There is nowhere to say it.
  }
}

/** Reads what a socket gives; nothing in it is trusted. */
function receive(data, ears) {
  const { tell, mould } = ears;
  // A binary frame is none of the service's; an empty one says that it is there.
  if (typeof data !== "string") return drop(tell, "malformed");
  if (data === "") return;
  if (data.length > names.longest) return drop(tell, "tooLong");
  if (mould !== undefined && cast(data, mould, ears)) return;
  let frame;
  try {
    frame = JSON.parse(data);
  } catch {
    return drop(tell, "malformed");
  }
  // Nothing but an object that came as one has such a member.
  const name = frame?.[names.type];
  if (typeof name !== "string") return drop(tell, "malformed");
  const type = names.types.indexOf(name);
  if (type < 0) return drop(tell, "unknownType");
  if (type >= names.messages) {
    if (name !== names.report) return tell(type);
    const status = frame[names.status];
    return typeof status === "object" && status !== null ? tell(type, status) : drop(tell, "malformed");
  }
  // Who sends nothing of the kind is the master.
  const sender = frame[names.sender] || undefined;
  if (sender !== undefined && typeof sender !== "string") return drop(tell, "badSender");
  const encoded = frame[names.payload];
  let payload;
  try {
    payload = typeof encoded === "string" && decode(encoded, false);
  } catch {
    // As if there were none.
  }
  if (!payload) return drop(tell, "badPayload");
  // Where the next one is of another kind or sender, it is not worth its making.
  if (type === ears.type && sender === ears.sender) ears.mould = mouldOf(data, encoded, type, sender);
  ears.type = type;
  ears.sender = sender;
  message(ears, type, payload, sender, encoded.length);
}

/** What is around the payload of a frame, where others may have nothing else but another payload. */
function mouldOf(data, encoded, type, sender) {
  if (data.length - encoded.length > LONGEST_MOULD) return undefined;
  const start = data.indexOf(`"${encoded}"`) + 1;
  const [before, after] = [data.slice(0, start), data.slice(start + encoded.length)];
  try {
    // It may be another member that has the same text there, or none.
    if (JSON.parse(before + PROBE + after)[names.payload] !== PROBE) return undefined;
  } catch {
    return undefined;
  }
  return { before: kept(before), after: kept(after), type, sender };
}

/**
 * Reads a frame that differs from an earlier one in its payload only: what is in between is base64
 * and no more, so it neither ends the text that it is in nor escapes anything, and the rest means
 * what it meant. Tells whether it is one.
 */
function cast(data, { before, after, type, sender }, ears) {
  const end = data.length - after.length;
  if (end < before.length || !data.startsWith(before) || !data.endsWith(after)) return false;
  const encoded = data.slice(before.length, end);
  let payload;
  try {
    payload = decode(encoded, true);
  } catch {
    // Why is found out by reading all of it.
  }
  if (!payload) return false;
  message(ears, type, payload, sender, encoded.length);
  return true;
}

function message(ears, type, payload, sender, length) {
  const of = generation(payload);
  if (type !== names.candidate) return ears.tell(type, payload, sender, of, length);
  if (passed(ears, payload, sender, of, length)) return;
  // Another one that comes from inside of this call takes the place of this one.
  const last = { sender, of, client: undefined };
  ears.last = last;
  last.client = ears.tell(type, payload, sender, of, length);
}

/**
 * Tells a candidate that the wasm need not see: one like the last that it told at once, by the same
 * sender and naming the same generation, as long as it has not taken that back. Tells whether it was.
 */
function passed({ last, tell, logger }, payload, sender, of, length) {
  return last?.client !== undefined && of !== undefined && of === last.of && sender === last.sender
    && length <= names.longestPayload && !tell.isLate?.()
    && fire(last.client, names.candidateEvent, payload, sender, logger);
}

function drop(tell, reason) {
  tell(-1 - names.reasons.indexOf(reason));
}

/** The lines of a description that name its generations, or what a candidate says of its own. */
function generation({ sdp, usernameFragment }) {
  if (typeof sdp === "string") return sdp.match(generations)?.join("\n");
  return typeof usernameFragment === "string" ? usernameFragment : undefined;
}

function encode(json) {
  if (!NO_ASCII.test(json)) return btoa(json);
  let binary = "";
  for (const byte of encoder.encode(json)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Throws where it is no base64 of UTF-8 of JSON, or `bare` is asked for and there is space in it. */
function decode(base64, bare) {
  const { length } = base64;
  if (length > LEAST_BYTES && length <= scratch.length && scratch.setFromBase64 !== undefined) {
    const { written } = scratch.setFromBase64(base64);
    if (bare) checkBare(base64, written);
    return JSON.parse(decoder.decode(scratch.subarray(0, written)));
  }
  const binary = atob(base64);
  if (bare) checkBare(base64, binary.length);
  if (!NO_ASCII.test(binary)) return JSON.parse(binary);
  return JSON.parse(decoder.decode(Uint8Array.from(binary, (byte) => byte.charCodeAt(0))));
}

/** A character of space counts like any other, and gives no bytes. One too many is always refused. */
function checkBare(base64, bytes) {
  const { length } = base64;
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  if (length % 4 === 1 || bytes !== (length * 3 >> 2) - padding) throw new Error("there is space in it");
}

const methods = {
  on(event, listener) { return add(this, event, listener, listener, false); },
  addListener(event, listener) { return add(this, event, listener, listener, false); },
  prependListener(event, listener) { return add(this, event, listener, listener, true); },
  once(event, listener) { return add(this, event, listener, once(this, event, listener), false); },
  prependOnceListener(event, listener) {
    return add(this, event, listener, once(this, event, listener), true);
  },
  off(event, listener) {
    check(listener);
    const found = find(this, event).findLastIndex((it) => it === listener || it.listener === listener);
    if (found >= 0) remove(this, event, found);
    return this;
  },
  removeAllListeners(event) {
    const events = arguments.length === 0 ? this.eventNames() : [event];
    for (const name of events) {
      for (let at = find(this, name).length - 1; at >= 0; at--) remove(this, name, at);
    }
    return this;
  },
  emit(event, ...values) {
    const listeners = find(this, event);
    for (const listener of listeners) listener.apply(this, values);
    if (event === "error" && listeners.length === 0) kvsReport(undefined, "error", values[0]);
    return listeners.length > 0;
  },
  listenerCount(event, listener) {
    const all = this.listeners(event);
    return listener ? all.filter((it) => it === listener).length : all.length;
  },
  listeners(event) { return find(this, event).map((it) => it.listener ?? it); },
  rawListeners(event) { return [...find(this, event)]; },
  eventNames() { return [...(this[LISTENERS]?.keys() ?? [])]; },
  setMaxListeners(n) {
    if (typeof n !== "number" || !(n >= 0)) throw wrong("n must be a number from 0");
    hide(this, MOST, n);
    return this;
  },
  getMaxListeners() { return this[MOST] ?? 10; },
};

/** The listeners of an event: an array that is replaced, never changed. */
function find(target, event) {
  return target[LISTENERS]?.get(event) ?? [];
}

function add(target, event, listener, called, first) {
  check(listener);
  if (target[LISTENERS] === undefined) {
    hide(target, LISTENERS, new Map());
    target.attach(target);
  }
  tell(target, "newListener", event, listener);
  const others = find(target, event);
  target[LISTENERS].set(event, first ? [called, ...others] : [...others, called]);
  return target;
}

function remove(target, event, at) {
  const all = find(target, event);
  const rest = all.filter((_, place) => place !== at);
  if (rest.length === 0) target[LISTENERS].delete(event);
  else target[LISTENERS].set(event, rest);
  tell(target, "removeListener", event, all[at].listener ?? all[at]);
}

/** Tells those who listen for listeners. */
function tell(target, name, event, listener) {
  for (const told of find(target, name)) told.call(target, event, listener);
}

/** A function that removes itself, as Node gives it to those who ask for what is called. */
function once(target, event, listener) {
  check(listener);
  const called = (...values) => {
    const at = find(target, event).indexOf(called);
    if (at < 0) return undefined;
    remove(target, event, at);
    return listener.apply(target, values);
  };
  called.listener = listener;
  return called;
}

function check(listener) {
  if (typeof listener !== "function") throw wrong("listener must be a function");
}

function wrong(message) {
  const code = "caller.invalidArgument";
  const hint = "Correct the named argument.";
  return Object.assign(new Error(message), { name: "KvsError", code, hint, retryable: false });
}

/** Sets a member that no loop over the members shows. */
function hide(target, name, value) {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}
