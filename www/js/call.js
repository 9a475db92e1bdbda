// The one call of this page: which role runs, how it begins and how it ends.

import { ensureChannel } from "./channel.js";
import { isOwnEmulator } from "./emulator.js";
import { FOR_SESSIONS, readSettings } from "./form.js";
import { message } from "./i18n.js";
import { hideInLog, log } from "./log.js";
import { sdk } from "./sdk.js";
import { masterRole } from "./session-master.js";
import { viewerRole } from "./session-viewer.js";
import { clearProblem, problemText, setStatus, setSteps, showProblem } from "./status.js";

const ROLES = { master: masterRole, viewer: viewerRole };

/** The running objects, for the console and for tests: `kvs.master` and `kvs.viewer`, or null. */
const running = { master: null, viewer: null };
globalThis.kvs = running;

/** The call that is up or coming up: its role's name, session and view; null while idle. */
let call = null;

/** Listens to the start and stop buttons; `ready` gives what the emulator said, or null. */
export function watchCall(ready) {
  for (const name of Object.keys(ROLES)) {
    document.getElementById(`${name}-button`).addEventListener("click", () => start(name, ready));
    document.getElementById(`stop-${name}-button`).addEventListener("click", () => end(call, "stopped"));
  }
  // A page that is left, even one kept to come back to, holds no camera and no connection.
  addEventListener("pagehide", () => end(call, "stopped"));
}

async function start(name, ready) {
  if (call) return;
  const mine = call = { name, session: null, view: null };
  for (const role of Object.keys(ROLES)) document.getElementById(`${role}-button`).disabled = true;
  try {
    const about = await ready;
    const settings = readSettings(FOR_SESSIONS);
    if (!settings) return end(mine, "idle");
    clearProblem();
    setStatus(message("status.asking"), "busy");
    for (const [id, value] of Object.entries(settings.credentials)) hideInLog(id, value);
    const exports = await sdk;
    if (isOwnEmulator(about, settings)) {
      settings.stunUrl = about.stunUrl;
      if (name === "master") await ensureChannel(settings);
    }
    if (call !== mine) return;
    open(mine, exports, settings);
    await mine.session.start();
    if (name === "viewer") log.info(`Viewer: the picture is here, as client ${mine.session.clientId}`);
  } catch (error) {
    // Stopped by the person, before it was up: no error to them.
    if (call !== mine && error?.code === "caller.stopped") return;
    fail(error);
    end(mine, "failed");
  }
}

/** Makes the session, shows its panel and follows it. */
function open(mine, exports, settings) {
  const role = ROLES[mine.name];
  const session = role.create(exports, settings);
  mine.session = running[mine.name] = session;
  mine.view = role.show(session, settings, (said, tone, steps, done) => {
    setStatus(said, tone);
    setSteps(steps, done);
  });
  session.on("error", ({ error, clientId }) => {
    if (call !== mine) return;
    // One viewer's trouble is in the log and on its tile; the master goes on for the others.
    if (clientId === undefined) fail(error);
    else log.warn(`${problemText(error, clientId)} [${error.code}]`);
  });
  session.on("close", ({ reason }) => end(mine, reason));
  log.info(`Starting the ${mine.name} of channel ${settings.channelName} in ${settings.region}`);
  document.body.dataset.running = mine.name;
  role.panel.hidden = false;
  role.panel.querySelector("h2").focus();
}

function fail(error) {
  const code = error?.code ? ` [${error.code}]` : "";
  log.error(problemText(error) + code);
  showProblem(error);
}

/** Ends a call and shows the form again. Nothing where that call is over already. */
function end(ended, reason) {
  if (!ended || ended !== call) return;
  call = null;
  const { name, session, view } = ended;
  const role = ROLES[name];
  running[name] = null;
  session?.stop();
  view?.remove();
  for (const role of Object.keys(ROLES)) document.getElementById(`${role}-button`).disabled = false;
  // Nothing was begun: what the status says still holds.
  if (reason === "idle") return;
  setSteps([], 0);
  const [text, tone] = {
    left: [message(role.goodbye), "idle"],
    failed: [message("status.failed"), "bad"],
  }[reason] ?? [message("status.ready"), "idle"];
  setStatus(text, tone);
  if (!view) return;
  log.info(`The ${name} is ${reason === "stopped" ? "stopped" : "over"}`);
  role.panel.hidden = true;
  delete document.body.dataset.running;
  document.getElementById(`${name}-button`).focus();
}
