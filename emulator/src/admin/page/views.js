// What is shown of the emulator.
import { button, byId, element, say, show } from "./dom.js";

const MESSAGES_SHOWN = 200;

/** Milliseconds as people say them. */
export function span(millis) {
  const seconds = millis / 1000;
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = seconds / 60;
  return minutes < 120 ? `${Math.floor(minutes)} min` : `${Math.floor(minutes / 60)} h`;
}

/** So many messages that wait. */
const waiting = (count) => (count === 1 ? "1 message waits" : `${count} messages wait`);

/** Whom an act on one connection is for. */
const targetOf = (channel, { role, clientId }) =>
  clientId === undefined ? { channel, role } : { channel, role, clientId };

/** Fills in all of the page from `GET state`; `act(path, body)` is what buttons do. */
export function showState(state, act) {
  const { hub, clock } = state;
  say(
    byId("summary"),
    `${state.version}, ${state.region}, running for ${span(state.uptimeMillis)}; ` +
      `${hub.connections} connected, ${waiting(hub.waiting)}` +
      (hub.held ? `, ${hub.held} held back by faults` : ""),
  );
  byId("no-channels").hidden = hub.channels.length > 0;
  show(byId("channels"), hub.channels, (channel) => channel.name, makeChannel, (parts, channel) => {
    say(parts.name, channel.name + (channel.waiting ? `: ${waiting(channel.waiting)}` : ""));
    show(
      parts.peers,
      channel.connections,
      (peer) => peer.connectionId,
      (peer) => makePeer(channel.name, peer, act),
      updatePeer,
    );
  });
  byId("no-storage").hidden = state.storage.length > 0;
  show(byId("storage"), state.storage, (peer) => peer.peerId, makeStoragePeer, updateStoragePeer);
  byId("no-faults").hidden = state.faults.length > 0;
  show(
    byId("faults"),
    state.faults,
    (fault) => fault.id,
    (fault) => makeFault(fault, act),
    (parts, fault) => say(parts.hits, fault.hits === 1 ? "hit once" : `hit ${fault.hits} times`),
  );
  const now = new Date(clock.nowMillis).toISOString().replace("T", " ").slice(0, 19);
  const way = clock.skewSeconds < 0 ? "behind" : "ahead";
  const skew = clock.skewSeconds ? `, ${Math.abs(clock.skewSeconds)} s ${way}` : "";
  const scale = clock.timeScale === 1 ? "" : `; timers run ${clock.timeScale} times as fast`;
  say(byId("clock"), `It is ${now} UTC here${skew}${scale}.`);
}

function makeChannel() {
  const name = element("h3");
  const peers = element("ul", { className: "list" });
  return { root: element("div", { className: "channel" }, name, peers), name, peers };
}

function makePeer(channel, peer, act) {
  const target = targetOf(channel, peer);
  const who = peer.clientId === undefined ? "Master" : peer.clientId;
  const title = element("strong", {}, who);
  const state = element("span", { className: "state" });
  const facts = element("small");
  const parts = { state, facts, stalled: false };
  const acts = [
    ["GO_AWAY", () => act("go-away", { target })],
    ["RECONNECT_ICE_SERVER", () => act("reconnect-ice-server", { target })],
    ["Close", () => act("close", { target, code: 1001, reason: "Going away" })],
    ["Drop", () => act("close", { target, abrupt: true })],
  ];
  const buttons = acts.map(([text, does]) => button(text, `${text} ${who} of ${channel}`, does));
  parts.stall = button("Stall", "", () => act("stall", { target, stalled: !parts.stalled }));
  parts.stallLabel = (text) => `${text} ${who} of ${channel}`;
  const what = element("span", { className: "what" }, title, " ", state, facts);
  const actions = element("span", { className: "actions" }, ...buttons, parts.stall);
  parts.root = element("li", {}, what, actions);
  return parts;
}

function updatePeer(parts, peer) {
  say(parts.state, peer.state);
  parts.state.dataset.state = peer.state;
  say(
    parts.facts,
    `${peer.connectionId}; ${peer.sent} sent, ${peer.received} received; ` +
      `open for ${span(peer.ageMillis)}, idle for ${span(peer.idleMillis)}`,
  );
  parts.stalled = peer.state === "stalled";
  const text = parts.stalled ? "Go on" : "Stall";
  say(parts.stall, text);
  parts.stall.setAttribute("aria-label", parts.stallLabel(text));
}

function makeStoragePeer({ channel, clientId = "Master" }) {
  const state = element("span", { className: "state" });
  const facts = element("small");
  const title = element("strong", {}, `${clientId} of ${channel}`);
  const what = element("span", { className: "what" }, title, " ", state, facts);
  return { root: element("li", {}, what), state, facts };
}

function updateStoragePeer(parts, { state, received, sent, ageMillis, leftMillis }) {
  say(parts.state, state);
  parts.state.dataset.state = state;
  const flow = ({ video, audio }) => `${video.frames} frames of video, ${audio.frames} of audio`;
  say(
    parts.facts,
    `received ${flow(received)}; sent ${flow(sent)}; joined ${span(ageMillis)} ago, ${span(leftMillis)} left`,
  );
}

function makeFault({ id, spec }, act) {
  const { fault, ...rest } = spec;
  const conditions = Object.entries(rest).filter(([, value]) => value !== 0);
  const text = conditions.map(([name, value]) => `${name}=${value}`).join(", ");
  const hits = element("small");
  const what = element("span", { className: "what" }, element("strong", {}, fault), ` ${text}`, hits);
  const remove = button("Remove", `Remove ${fault}`, () => act(`faults/${id}`, undefined, "DELETE"));
  return { root: element("li", {}, what, remove), hits };
}

/** The messages that are shown, the newest first. */
let messages = [];

/** Shows new messages, and answers the number after which to ask next. */
export function showMessages(fresh) {
  if (fresh.length > 0) {
    messages = [...fresh.toReversed(), ...messages].slice(0, MESSAGES_SHOWN);
    show(byId("messages"), messages, (message) => message.seq, makeMessage, () => {});
  }
  byId("no-messages").hidden = messages.length > 0;
  document.querySelector(".scroll").hidden = messages.length === 0;
  return messages[0]?.seq ?? 0;
}

/** Forgets them, as after the emulator was started anew. */
export function forgetMessages() {
  messages = [];
  byId("messages").replaceChildren();
}

function makeMessage(message) {
  const cell = (text, className = "") => element("td", { className }, String(text));
  const outcome = message.error ? `${message.outcome}: ${message.error}` : message.outcome;
  const good = ["delivered", "stored", "duplicated"].includes(message.outcome);
  const root = element(
    "tr",
    {},
    cell(`${(message.at / 1000).toFixed(2)} s`, "number"),
    cell(message.channel),
    cell(`${message.from} → ${message.to ?? "?"}`),
    cell(message.type ?? "?"),
    cell(message.payloadLength, "number"),
    cell(outcome, good ? "" : "failed"),
  );
  return { root };
}

/** Shows `GET counters`. */
export function showCounters(counters) {
  const flat = Object.entries(counters).flatMap(([name, value]) =>
    typeof value === "object" ? Object.entries(value).map(([of, n]) => [`${name}: ${of}`, n]) : [[name, value]],
  );
  const make = ([name]) => {
    const number = element("dd");
    return { root: element("div", {}, element("dt", {}, name), number), number };
  };
  show(byId("counters"), flat, ([name]) => name, make, (parts, [, value]) => say(parts.number, value));
}
