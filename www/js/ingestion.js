// Ingestion: whether a call is with the service instead of peers, what it asks of both roles, and joining it.

import { begin, finish } from "./busy.js";
import { message, put } from "./i18n.js";
import { startJoining } from "./joining.js";
import { log } from "./log.js";
import { asPhase } from "./own-phases.js";
import { clientOf, isGovernment } from "./regional.js";
import { problemText, setNote, setStatus, setSteps, showProblem } from "./status.js";
import { arnOf, storageOf } from "./storage.js";

const checked = (id) => document.getElementById(id).checked;
const BUTTONS = { master: "join-storage-session-button", viewer: "join-storage-session-as-viewer-button" };
const SHOW = { master: "show-join-storage-session-button", viewer: "show-join-storage-session-as-viewer-button" };

const STEPS = ["step.service", "step.path", "step.picture"];

/** What the page says in each state of the session, whose other side is neither a master nor viewers. */
const STATES = {
  waiting: [message("ingest.waiting"), "busy", 1],
  connecting: [message("ingest.connecting"), "busy", 1],
  connected: [message("ingest.connected"), "live", 3],
};

/** Warns in regions where ingestion is not offered. */
export function watchIngestion() {
  const region = document.getElementById("region");
  const warn = () => put(document.getElementById("ingestion-warning"),
    isGovernment(region.value.trim()) ? message("ingest.government") : null);
  region.addEventListener("input", warn);
  warn();
}

/**
 * What joins the storage session of a call, whose settings say so then, or a note why nothing can, or neither; throws
 * what forbids it.
 */
export async function planIngestion(role, settings) {
  if (settings.session) {
    log.warn("Ingestion has no effect: without keys the page cannot ask the service to take part");
    return { note: message("ingest.backEnd") };
  }
  const on = checked("ingest-media") ? await asPhase("describeMediaStorage", role, () => isStored(settings)) : checked("ingest-media-manual-on");
  if (!on) return {};
  const wrong = problemWith(role, settings);
  if (wrong) throw Object.assign(new Error(wrong), { said: message(wrong), code: "caller.invalidArgument" });
  log.info("Ingestion is on: the call is with the service, which is asked to take part");
  settings.ingestion = true;
  return { join: joinStorage };
}

async function isStored(settings) {
  const client = await clientOf(settings);
  try {
    return (await storageOf(client, settings.channelName)).Status === "ENABLED";
  } catch (error) {
    // A start reports a missing channel itself; keys that may not ask this may still make a call.
    log.warn(`Whether the channel is stored is not known: ${problemText(error)}`);
    return false;
  }
}

function problemWith(role, { video, audio, dataChannel, fips }) {
  if (fips) return "ingest.noFips";
  if (role === "master" && !(video && audio)) return "ingest.masterNeedsBoth";
  if (role === "viewer" && video) return "ingest.viewerNoVideo";
  if (role === "viewer" && dataChannel) return "ingest.viewerNoMessages";
  return null;
}

/**
 * Has the service asked to join a call, by itself or by a button, from when the session's socket is open. The session
 * answers the offer that comes of it.
 */
function joinStorage(role, session, settings) {
  let asked = 0;
  let channelArn = null;
  let helper = null;
  let over = false;
  const join = async () => {
    asked += 1;
    const client = await clientOf(settings);
    channelArn ??= await arnOf(client, settings.channelName);
    if (role === "master") await client.joinStorageSession({ channelArn });
    else await client.joinStorageSessionAsViewer({ channelArn, clientId: session.clientId });
    // An answer may come when the call is over, or joining is.
    if (over) return;
    log.info("The service has taken the request to join the storage session");
  };
  const gaveUp = (error) => {
    over = true;
    if (error) report(error);
    log.warn(`The service was asked ${asked} times to join the storage session, and is asked no more`);
    setNote(message("ingest.gaveUp", { count: asked }));
  };
  const begin = () => (checked(SHOW[role])
    ? joinByHand(document.getElementById(BUTTONS[role]), join)
    : joinByItself(session, join, gaveUp));
  const pause = () => {
    helper?.stop();
    helper = null;
  };
  const end = session.on("state", ({ state }) => {
    const [said, tone, done] = STATES[state] ?? [];
    if (said) {
      setStatus(said, tone);
      setSteps(STEPS, done);
    }
    if (state === "waiting" && !over) helper ??= begin();
    else if (state === "detached") pause();
  });
  return {
    stop() {
      over = true;
      end();
      pause();
    },
  };
}

function report(error) {
  log.error(problemText(error));
  showProblem(error);
}

function joinByHand(button, join) {
  const click = async () => {
    if (!begin(button)) return;
    try {
      await join();
    } catch (error) {
      report(error);
    } finally {
      finish(button);
    }
  };
  button.hidden = false;
  button.addEventListener("click", click);
  return {
    stop() {
      button.hidden = true;
      button.removeEventListener("click", click);
    },
  };
}

function joinByItself(session, join, over) {
  let wasOffered = false;
  const joining = startJoining({
    join,
    isUp: () => session.state === "connected",
    up: () => log.info("The call is up: the service is not asked to join it again"),
    over,
  });
  const end = session.on("state", ({ state }) => {
    if (state === "connecting") {
      wasOffered = true;
      joining.offered();
    } else if (state === "waiting" && wasOffered) {
      wasOffered = false;
      joining.lost();
    }
  });
  return {
    stop() {
      end();
      joining.stop();
    },
  };
}
