// Faults on purpose, by the emulator that serves the page: what a call does about them is told by its status
// line and the log.

import { begin, finish } from "./busy.js";
import { runningCall } from "./call.js";
import { FOR_REQUESTS, readSettings } from "./form.js";
import { message, put } from "./i18n.js";
import { log } from "./log.js";
import { clientOf } from "./regional.js";
import { signedSocket } from "./signed-socket.js";
import { problemText } from "./status.js";

const SILENT_MS = 5000;
const SLOW_MS = 2000;

/** What ends the faults that last. */
const lasting = [];

/** By the key of their name: each does it and gives how many connections it hit, or nothing. */
const FAULTS = {
  drop: () => hit("close", { abrupt: true }),
  goAway: () => hit("go-away"),
  iceServer: () => hit("reconnect-ice-server"),
  silence: async () => {
    const connections = await hit("stall", { stalled: true });
    const { target } = about();
    setTimeout(() => ask("POST", "stall", { target, stalled: false }).catch(told), SILENT_MS);
    return connections;
  },
  secondMaster,
  refuse: () => add({ fault: "refuse-upgrade", status: 403, times: 1 }),
  loseOffer: () => add({ fault: "drop", message: "SDP_OFFER", times: 1 }),
  slow: async () => {
    const { latencyMillis } = await ask("GET", "settings");
    await ask("PUT", "settings", { latencyMillis: SLOW_MS });
    lasting.push(() => ask("PUT", "settings", { latencyMillis }));
  },
  turnExpired: () => ask("POST", "expire-credentials", { turn: true }).then(() => undefined),
  turnSilent: async () => {
    const { turn } = await ask("GET", "turn");
    await ask("PUT", "turn", { turn: "silent" });
    lasting.push(() => ask("PUT", "turn", { turn }));
  },
  mend: async () => {
    for (const end of lasting.splice(0).reverse()) await end();
  },
};

const panel = document.getElementById("faults");
const said = document.createElement("p");

/** Fills the panel when it is opened first, and asks the emulator then whether it takes faults. */
export function watchFaults() {
  if (panel.open) fill();
  else panel.addEventListener("toggle", fill, { once: true });
}

function fill() {
  const note = put(document.createElement("p"), message("fault.note"));
  note.className = "hint wide";
  const more = put(document.createElement("a"), message("fault.more"));
  more.href = "./_emulator/";
  more.target = "_blank";
  more.rel = "noopener";
  note.append(" ", more);
  said.className = "verdict wide";
  said.setAttribute("role", "status");
  const list = document.createElement("ul");
  list.className = "faults wide";
  list.append(...Object.entries(FAULTS).map(([fault, act]) => createLine(fault, act)));
  panel.querySelector(".fields").append(note, said, list);
  ask("GET", "faults").catch(told);
}

function createLine(fault, act) {
  const button = put(document.createElement("button"), message(`fault.${fault}`));
  button.type = "button";
  button.className = "quiet";
  button.dataset.fault = fault;
  const note = put(document.createElement("span"), message(`faultNote.${fault}`));
  note.className = "hint";
  note.id = `fault-${fault}`;
  button.setAttribute("aria-describedby", note.id);
  button.addEventListener("click", async () => {
    if (!begin(button)) return;
    try {
      const connections = await act();
      log.warn(`On purpose: ${fault}`);
      put(said, connections === undefined ? message("fault.done") : message("fault.hit", { count: connections }));
    } catch (error) {
      told(error);
    } finally {
      finish(button);
    }
  });
  const line = document.createElement("li");
  line.append(button, " ", note);
  return line;
}

/** The channel that it is about, and this page's connections to it; with no call here, everybody's. */
function about() {
  const call = runningCall();
  const channel = (call?.settings.channelName ?? document.getElementById("channelName").value) || undefined;
  const [only, other] = call?.sessions ?? [];
  if (!only || other) return { channel, target: { channel } };
  const clientId = only.name === "viewer" ? only.session.clientId ?? undefined : undefined;
  return { channel, target: { channel, role: only.name, clientId } };
}

async function hit(act, more) {
  const { connections } = await ask("POST", act, { target: about().target, ...more });
  return connections;
}

async function add(fault) {
  const { id } = await ask("POST", "faults", { ...fault, channel: about().channel });
  // One that has struck as often as it should is gone by itself.
  lasting.push(() => ask("DELETE", `faults/${id}`).catch(() => {}));
}

/** Of two masters the service keeps the newer one. */
async function secondMaster() {
  const settings = runningCall()?.settings;
  const known = { settings: settings?.credentials ? settings : readSettings(FOR_REQUESTS) };
  if (!known.settings) throw Object.assign(new Error(), { said: message("fault.noKeys") });
  known.client = await clientOf(known.settings);
  const { ChannelInfo } = await known.client.describeSignalingChannel({ ChannelName: about().channel });
  const socket = await signedSocket({ ...known, arn: ChannelInfo.ChannelARN }, "MASTER");
  await new Promise((opened, refused) => {
    socket.addEventListener("open", opened);
    socket.addEventListener("close", () => refused(Object.assign(new Error(), { said: message("check.socketRefused") })));
  });
  socket.close();
}

/** The admin API, which is for pages of the emulator's own origin on its own computer. */
async function ask(method, path, body) {
  const answer = await fetch(new URL(`_emulator/${path}`, document.baseURI), {
    method,
    headers: { "X-Kvs-Emulator": "1" },
    body: body && JSON.stringify(body),
  }).catch((cause) => {
    throw Object.assign(new Error("", { cause }), { said: message("fault.gone") });
  });
  const told = await answer.json().catch(() => null);
  if (answer.ok) return told;
  const refused = told?.error ? message("fault.refused", { why: told.error }) : message("fault.elsewhere");
  throw Object.assign(new Error(), { said: refused });
}

function told(error) {
  log.warn(problemText(error));
  put(said, error.said ?? problemText(error));
}
