// What is made for a page: a session's events, and its measurements. What is listened with here outlives
// an instance of the wasm that has ended. One script, since each is a file that a page with tests has to
// load, from a server that bears four connections at a time.

/** The target of each session's object: it lives as long as the object does. */
const targets = new WeakMap();
/** The events of the session that was made last. */
let made;

/** The events of a session: what they tell is heard by their target. */
export function kvsEvents() {
  return made = { target: new EventTarget() };
}

/**
 * Gives the target of the session that was made last to the object that the page has of it. A listener
 * that refers to that object would keep it for ever if the wasm kept the target too.
 */
export function kvsOwn(session) {
  const ref = new WeakRef(made.target);
  targets.set(session, made.target);
  Object.defineProperty(made, "target", { get: () => ref.deref() });
}

/** Calls back with an event's detail; gives what ends that. */
export function kvsOn({ target }, event, callback) {
  const listener = (told) => callback(told.detail);
  target.addEventListener(event, listener);
  return () => target.removeEventListener(event, listener);
}

/** `addEventListener` or `removeEventListener`. */
export function kvsListen({ target }, method, event, listener, options) {
  target[method](event, listener, options);
}

/** Tells; whether no listener has prevented what would happen by itself. */
export function kvsTell({ target }, event, detail) {
  // A session that does not run may have something to tell after its object is gone.
  return target?.dispatchEvent(new CustomEvent(event, { detail, cancelable: true }));
}

/** Tells one thing, of one viewer where it is a master's. */
export function kvsTellOne(events, event, member, value, clientId) {
  const detail = { [member]: value };
  if (clientId !== undefined) detail.clientId = clientId;
  kvsTell(events, event, detail);
}

/** Tells once the instance that says it has ended. */
export function kvsTellLater({ target }, event, member, value) {
  queueMicrotask(() => kvsTellOne({ target }, event, member, value));
}

// `getStats()` of every browser in one shape, with rates since the look before: in JavaScript, since
// it does nothing but read and make objects, of which each member would be a step across the border.
//
// Source: W3C webrtc-stats. Firefox names no selected pair in its transport, but marks the pair.

/** Entries of a browser's report that are looked at, and tracks that are told of. */
const MOST_ENTRIES = 1000;
const MOST_TRACKS = 32;

// Members that are copied: ours, `=` the W3C's where it has another name, `*` what makes our unit.
const TRACK = members(
  "id=trackIdentifier mid rid packetsReceived packetsSent packetsLost" +
  " packetsRetransmitted=retransmittedPacketsSent bytesReceived bytesSent jitter*1000" +
  " width=frameWidth height=frameHeight framesPerSecond framesReceived framesDecoded framesDropped" +
  " framesEncoded framesSent keyFramesDecoded keyFramesEncoded freezeCount" +
  " freezeDuration=totalFreezesDuration*1000 nackCount pliCount audioLevel qualityLimitationReason" +
  " encoderImplementation decoderImplementation",
);
/** What the other side says of a track that we send. */
const REMOTE = members("packetsLost jitter*1000 roundTripTime*1000");
const PAIR = members(
  "roundTripTime=currentRoundTripTime*1000 availableOutgoingBitrate availableIncomingBitrate" +
  " bytesSent bytesReceived",
);
const TRANSPORT = members(
  "dtlsState tlsVersion dtlsCipher srtpCipher pairChanges=selectedCandidatePairChanges",
);
const CANDIDATE = members("type=candidateType protocol relayProtocol networkType port");
const CHANNEL = members("state messagesSent messagesReceived bytesSent bytesReceived");

function members(words) {
  return words.split(" ").map((word) => {
    const [names, factor = 1] = word.split("*");
    const [ours, theirs = ours] = names.split("=");
    return [ours, theirs, Number(factor)];
  });
}

/**
 * A report in our shape, what the verdict needs of it (nothing at a first look), and what is to be
 * given at the next look.
 */
export function kvsReadStats(report, before) {
  const entries = read(report);
  const named = (entry, member) => find(entries, (other) => other.id === entry[member]);
  const counted = new Map();
  const sample = new Array(7);
  const tracks = [];
  let isFirst = true;
  for (const entry of entries) {
    const receives = entry.type === "inbound-rtp";
    if (!receives && entry.type !== "outbound-rtp" || tracks.length >= MOST_TRACKS) continue;
    const receiver = receives ? entry : named(entry, "remoteId");
    const now = count(entry, receiver, receives);
    const then = before?.get(entry.id);
    let rates = {};
    if (then) {
      rates = since(now, ...then);
      isFirst = false;
    }
    counted.set(entry.id, [now, rates]);
    tracks.push(track(entry, receives, receiver, named(entry, "codecId"), rates));
    judge(sample, entry, receives, receiver, rates);
  }
  const connection = describe(entries, named);
  sample[4] = whole(number(connection, "roundTripTime"), 1000);
  const stats = { timestamp: Date.now(), tracks, connection };
  const channel = find(entries, (entry) => entry.type === "data-channel");
  if (channel) stats.dataChannel = copy(channel, {}, CHANNEL);
  return [stats, isFirst ? null : sample, counted];
}

/** The values of an `RTCStatsReport`, or of anything like a `Map`. */
function read(report) {
  const entries = [];
  try {
    for (const value of report.values()) {
      if (entries.length >= MOST_ENTRIES) break;
      if (typeof value === "object" && value !== null) entries.push(value);
    }
  } catch {
    // What cannot be read says nothing.
  }
  return entries;
}

function find(entries, fits) {
  return entries.find((entry) => typeof entry.id === "string" && fits(entry));
}

function number(entry, name) {
  const value = entry?.[name];
  return Number.isFinite(value) ? value : undefined;
}

/** Counters of one track; what is lost is known to the side that receives. */
function count(entry, receiver, receives) {
  const of = (received, sent) => number(entry, receives ? received : sent);
  return {
    at: number(entry, "timestamp") ?? 0,
    bytes: of("bytesReceived", "bytesSent") ?? 0,
    packets: of("packetsReceived", "packetsSent") ?? 0,
    lost: number(receiver, "packetsLost") ?? 0,
    frames: of("framesDecoded", "framesEncoded"),
    freezes: number(entry, "freezeCount"),
  };
}

/** Rates between two looks. A report that the browser gives twice says what the first one said. */
function since(now, then, rates) {
  const seconds = (now.at - then.at) / 1000;
  if (!(seconds > 0)) return rates;
  const more = (name) => Math.max(0, now[name] - (then[name] ?? 0));
  const known = (name) => now[name] === undefined ? undefined : more(name);
  const [packets, lost, frames] = [more("packets"), more("lost"), known("frames")];
  return {
    bits: more("bytes") * 8 / seconds,
    loss: packets + lost > 0 ? lost / (packets + lost) : undefined,
    frames: frames === undefined ? undefined : frames / seconds,
    freezes: known("freezes"),
  };
}

function track(entry, receives, receiver, codec, rates) {
  const told = copy(entry, {}, TRACK);
  // Older Firefox says `mediaType`.
  told.kind = entry.kind ?? entry.mediaType;
  told.direction = receives ? "inbound" : "outbound";
  if (codec) told.codec = codec.mimeType;
  if (receiver && !receives) copy(receiver, told, REMOTE);
  told.bitrate = rates.bits ?? null;
  told.lossRatio = rates.loss ?? null;
  if (rates.frames !== undefined) told.framesPerSecond ??= rates.frames;
  return told;
}

/** Adds a track to what the verdict needs. The order of `sample` is that of `Meter::read`. */
function judge(sample, entry, receives, receiver, rates) {
  const raise = (place, value, factor) => {
    if (value !== undefined) sample[place] = Math.max(sample[place] ?? 0, whole(value, factor));
  };
  if (rates.bits !== undefined) sample[0] = (sample[0] ?? 0) + whole(rates.bits, 1);
  // Of audio there are no frames; of what we send the other side judges.
  if (receives && rates.frames !== undefined) {
    sample[1] = Math.min(sample[1] ?? Infinity, whole(rates.frames, 1000));
  }
  raise(2, rates.loss, 10_000);
  raise(3, number(receiver, "jitter"), 1_000_000);
  if (receives) raise(5, rates.freezes, 1);
  const limit = ["cpu", "bandwidth"].indexOf(entry.qualityLimitationReason);
  if (limit >= 0) raise(6, limit, 1);
}

function describe(entries, named) {
  const connection = {};
  const transport = find(entries, (entry) => entry.type === "transport");
  if (transport) copy(transport, connection, TRANSPORT);
  const pair = transport && named(transport, "selectedCandidatePairId") || selected(entries);
  if (!pair) return connection;
  copy(pair, connection, PAIR);
  connection.relayed = false;
  for (const side of ["local", "remote"]) {
    const candidate = named(pair, `${side}CandidateId`);
    if (!candidate) continue;
    connection.relayed ||= candidate.candidateType === "relay";
    connection[side] = copy(candidate, {}, CANDIDATE);
    const address = [candidate.address, candidate.ip].find((it) => typeof it === "string");
    if (address !== undefined) connection[side].address = address;
  }
  return connection;
}

function selected(entries) {
  const pairs = entries.filter((entry) => entry.type === "candidate-pair");
  return pairs.find((pair) => pair.selected) ??
    pairs.findLast((pair) => pair.state === "succeeded" && pair.nominated);
}

/** Copies what is there; numbers into our unit. */
function copy(from, to, list) {
  for (const [ours, theirs, factor] of list) {
    const value = from[theirs];
    if (value !== undefined && value !== null) {
      to[ours] = typeof value === "number" ? value * factor : value;
    }
  }
  return to;
}

function whole(value, factor) {
  return value === undefined ? undefined : Math.trunc(Math.max(0, value * factor));
}
