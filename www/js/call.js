// The one call of this page: which roles run, how it begins and how it ends.

import { ensureChannel } from "./channel.js";
import { sayUsed } from "./codecs.js";
import { focusDoor, lockDoors, waitAt, watchDoors } from "./doors.js";
import { isOwnEmulator } from "./emulator.js";
import { FOR_SESSIONS, readSettings } from "./form.js";
import { message } from "./i18n.js";
import { log } from "./log.js";
import { beginPhases } from "./own-phases.js";
import { panelScripts } from "./panels.js";
import { regionalAddress } from "./regional.js";
import { sdk } from "./sdk.js";
import { masterRole } from "./session-master.js";
import { viewerRole } from "./session-viewer.js";
import { clearProblem, problemText, setNote, setStatus, setSteps, showProblem } from "./status.js";
import { planTrial } from "./trial.js";
import { followStart } from "./waterfall.js";

const ROLES = { master: masterRole, viewer: viewerRole };
/** By the event that tells of it. */
const SAID_BY_SERVICE = { goAway: "GO_AWAY", reconnectIceServer: "RECONNECT_ICE_SERVER" };

/** The running objects, for the console and for tests: `kvs.master` and `kvs.viewer`, or null. */
const running = { master: null, viewer: null };
globalThis.kvs = running;

/** The call that is up or coming up: its door, its parts (role, session, view, settings), what runs beside it, what ends its means; or null. */
let call = null;
/** The sessions of the last call, which can be asked after it too. */
let last = [];

/** What runs, for whoever acts on it: its sessions by name and what they were made with; or null. */
export function runningCall() {
  if (!call || call.parts.length === 0) return null;
  return { sessions: call.parts, settings: call.parts[0].settings };
}

/** Listens to the doors and the stop buttons; `ready` gives what the emulator said, or null. */
export function watchCall(ready) {
  watchDoors((door) => start(door, ready));
  for (const name of Object.keys(ROLES)) {
    document.getElementById(`stop-${name}-button`).addEventListener("click", () => end(call, "stopped"));
  }
  // A page that is left, even one kept to come back to, holds no camera and no connection.
  addEventListener("pagehide", () => end(call, "stopped"));
}

/** The sessions of the call that is up, or else of the last one. */
export function lastSessions() {
  return last;
}

async function start(door, ready) {
  if (call) return;
  beginPhases();
  const mine = call = { door, parts: [], helpers: [], close() {} };
  lockDoors(true);
  document.dispatchEvent(new Event("callstart"));
  try {
    const about = await ready;
    const plan = door === "try" ? await begin(() => planTrial(about)) : await planOf(door, about);
    if (!plan) {
      waitAt(door);
      return end(mine, "idle");
    }
    mine.close = plan.close ?? mine.close;
    const exports = await sdk;
    // Ended while it was planned: what it has opened goes too.
    if (call !== mine) return mine.close();
    setNote(plan.note ?? null);
    for (const name of Object.keys(ROLES)) if (plan[name]) open(mine, name, exports, plan[name]);
    show(mine);
    if (plan.join) mine.helpers.push(plan.join(door, mine.parts[0].session, plan[door]));
    const starts = mine.parts.map(({ session }) => session.start());
    last = mine.parts.map(({ session }) => session);
    mine.helpers.push(followStart(mine.parts));
    if (plan.qualify && running.viewer) mine.helpers.push(plan.qualify(running.viewer));
    await Promise.all(starts);
    if (running.viewer) log.info(`Viewer: the picture is here, as client ${running.viewer.clientId}`);
  } catch (error) {
    // Stopped by the person, before it was up: no error to them.
    if (call !== mine && error?.code === "caller.stopped") return;
    fail(error);
    end(mine, "failed");
  }
}

/** What the form says a role is to be made with, or null where something is missing. */
async function planOf(door, about) {
  const settings = readSettings(FOR_SESSIONS);
  if (!settings) return null;
  return begin(async () => {
    if (isOwnEmulator(about, settings)) {
      settings.stunUrl = about.stunUrl;
      if (door === "master") await ensureChannel(settings);
    }
    const plan = { [door]: settings, ...(await storing(door, settings)), qualify: await qualifying(settings) };
    Object.assign(settings, await regionalAddress(settings));
    return plan;
  });
}

/** What joins the storage session of a call that is stored, or a note why nothing does, or neither. */
async function storing(door, settings) {
  const mayBe = ["ingest-media", "ingest-media-manual-on"].some((id) => document.getElementById(id).checked);
  return mayBe ? (await panelScripts()).planIngestion(door, settings) : {};
}

/** What measures a viewer where that is wanted, or null. */
async function qualifying({ qualify }) {
  return qualify ? (await panelScripts()).qualify : null;
}

function begin(plan) {
  clearProblem();
  setStatus(message("status.asking"), "busy");
  return plan();
}

/** Makes a session, shows its panel and follows it. */
function open(mine, name, exports, settings) {
  const role = ROLES[name];
  // What the person asked for is shown; the session's other lines are for whoever looks closer.
  const logger = (level, target, text) => {
    const quiet = target === "service" ? "info" : "debug";
    log[["warn", "error"].includes(level) ? level : quiet](`${name}, ${target}: ${text}`);
  };
  const session = running[name] = role.create(exports, { ...settings, logger, logLevel: logLevelOf() });
  const view = role.show(session, settings, (said, tone, steps, done) => {
    // Of two roles in one page the viewer is the one that waits for a picture.
    if (mine.door === "try" && name === "master") return;
    setStatus(said, tone);
    setSteps(steps, done);
  });
  mine.parts.push({ name, session, view, settings });
  session.on("error", ({ error, clientId }) => {
    if (call !== mine) return;
    // One viewer's trouble is in the log and on its tile; the master goes on for the others.
    if (clientId === undefined) fail(error);
    else log.warn(`${problemText(error, clientId)} [${error.code}]`, clientId);
  });
  for (const [event, said] of Object.entries(SAID_BY_SERVICE)) {
    session.on(event, () => log.warn(`The service says ${said} to the ${name}`));
  }
  session.on("close", ({ reason }) => end(mine, reason, name));
  const where = settings.channelName ? ` of channel ${settings.channelName} in ${settings.region}` : "";
  log.info(`Starting the ${name}${where}`);
}

/** While a call runs it has the page to itself. */
function show(mine) {
  document.body.dataset.running = mine.door;
  for (const { name } of mine.parts) ROLES[name].panel.hidden = false;
  ROLES[mine.parts.at(-1).name].panel.querySelector("h2").focus();
}

/** The session's own lines, with its requests where the person wants these. */
function logLevelOf() {
  return document.getElementById("log-aws-sdk-calls").checked ? "debug" : "warn";
}

function fail(error) {
  const code = error?.code ? ` [${error.code}]` : "";
  log.error(problemText(error) + code);
  showProblem(error);
}

/** Ends a call and shows the form again. Nothing where that call is over already. */
function end(ended, reason, name = ended?.parts[0]?.name) {
  if (!ended || ended !== call) return;
  call = null;
  // First of all, since a page that is closed has little time to say goodbye.
  for (const { session } of ended.parts) session.stop();
  for (const helper of ended.helpers) helper.stop();
  for (const part of ended.parts) {
    running[part.name] = null;
    part.view.remove();
    ROLES[part.name].panel.hidden = true;
    log.info(`The ${part.name} is ${reason === "stopped" ? "stopped" : "over"}`);
  }
  ended.close();
  lockDoors(false);
  // Nothing was begun: what the status says still holds.
  if (reason === "idle") return;
  setSteps([], 0);
  setNote(null);
  sayUsed(null);
  const [said, tone] = {
    left: [message(ROLES[name]?.goodbye), "idle"],
    failed: [message("status.failed"), "bad"],
  }[reason] ?? [message("status.ready"), "idle"];
  setStatus(said, tone);
  delete document.body.dataset.running;
  focusDoor(ended.door);
}
