// What every frame of a SignalingClient passes through, and the methods of Node's EventEmitter: in
// JavaScript, since each step across the border to the wasm costs more than what is done here, and
// because only here a method knows the object that it is called on. It reads, writes and tells;
// what is to be done is decided by the machine in the wasm.

const LISTENERS = Symbol("listeners");
const MOST = Symbol("most listeners");
const PREFIX = "[SignalingClient]";
/** Texts of other lengths are not encoded to see how long they become. */
const LEAST_ENCODED = 1 << 8;
const MOST_ENCODED = 1 << 16;
const NO_ASCII = /[^\0-\x7f]/;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
let scratch = new Uint8Array(1 << 13);
/** The wire's names, and those of the events; the wasm has them. */
let names;

/** Gives the methods to a class, by its prototype. */
export function kvsInstall(prototype, given) {
  names = given;
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}

/** Listens for frames; gives what ends that. */
export function kvsListen(socket, tell) {
  const listener = (event) => receive(event.data, tell);
  socket.addEventListener("message", listener);
  return () => socket.removeEventListener("message", listener);
}

/** Sends a message; throws what `toJSON` or the socket throws, or gives false where there is no JSON. */
export function kvsSend(socket, type, payload, recipient, correlationId) {
  const json = JSON.stringify(payload);
  if (json === undefined) return false;
  const { action, payload: body, recipient: to, correlation } = names;
  let frame = `{"${action}":"${names.types[type]}","${body}":"${encode(json)}"`;
  if (recipient) frame += `,"${to}":${JSON.stringify(recipient)}`;
  if (correlationId) frame += `,"${correlation}":"${correlationId}"`;
  socket.send(`${frame}}`);
  return true;
}

/** Calls the listeners of an event; tells whether there are any. One that fails is reported. */
export function kvsFire(client, event, first, second, logger) {
  const target = client.deref();
  const [name, count] = names.events[event];
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
function receive(data, tell) {
  // A binary frame is none of the service's; an empty one says that it is there.
  if (typeof data !== "string") return drop(tell, "malformed");
  if (data === "") return;
  if (data.length > names.longest) return drop(tell, "tooLong");
  let frame;
  try {
    frame = JSON.parse(data);
  } catch {
    return drop(tell, "malformed");
  }
  if (typeof frame !== "object" || frame === null || Array.isArray(frame)) return drop(tell, "malformed");
  const name = frame[names.type];
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
    payload = typeof encoded === "string" && decode(encoded);
  } catch {
    // As if there were none.
  }
  if (!payload) return drop(tell, "badPayload");
  tell(type, payload, sender, generation(payload), encoded.length);
}

function drop(tell, reason) {
  tell(-1 - names.reasons.indexOf(reason));
}

/** The lines of a description that name its generations, or what a candidate says of its own. */
function generation({ sdp, usernameFragment }) {
  if (typeof sdp !== "string") return usernameFragment;
  let lines;
  for (let at = sdp.indexOf(names.ufrag); at >= 0; at = sdp.indexOf(names.ufrag, at + 1)) {
    const end = sdp.indexOf("\n", at) + 1 || sdp.length;
    lines = `${lines ?? ""}${sdp.slice(at, Math.min(end, at + names.longestUfrag))}\n`;
  }
  return lines;
}

function encode(json) {
  if (isAscii(json)) return btoa(json);
  let binary = "";
  for (const byte of encoder.encode(json)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Throws where it is no base64 of UTF-8 of JSON. */
function decode(base64) {
  const binary = atob(base64);
  if (isAscii(binary)) return JSON.parse(binary);
  return JSON.parse(decoder.decode(Uint8Array.from(binary, (byte) => byte.charCodeAt(0))));
}

/**
 * Whether a text is as long in UTF-8 as it has characters, which engines tell faster than anything
 * that looks at each. There is room enough that a text which does not fit is longer too.
 */
function isAscii(text) {
  const { length } = text;
  if (length < LEAST_ENCODED || length > MOST_ENCODED) return !NO_ASCII.test(text);
  if (scratch.length < 2 * length) scratch = new Uint8Array(2 * MOST_ENCODED);
  return encoder.encodeInto(text, scratch).written === length;
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
methods.removeListener = methods.off;

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
