// Ingestion: whether the service takes part in a call, what it asks of both roles, and joining it.

import { begin, finish } from "./busy.js";
import { message, put } from "./i18n.js";
import { startJoining } from "./joining.js";
import { log } from "./log.js";
import { asPhase } from "./own-phases.js";
import { clientOf, isGovernment } from "./regional.js";
import { problemText, setNote, showProblem } from "./status.js";
import { arnOf, storageOf } from "./storage.js";

const checked = (id) => document.getElementById(id).checked;
const BUTTONS = { master: "join-storage-session-button", viewer: "join-storage-session-as-viewer-button" };
const SHOW = { master: "show-join-storage-session-button", viewer: "show-join-storage-session-as-viewer-button" };

/** Warns in regions where ingestion is not offered. */
export function watchIngestion() {
  const region = document.getElementById("region");
  const warn = () => put(document.getElementById("ingestion-warning"),
    isGovernment(region.value.trim()) ? message("ingest.government") : null);
  region.addEventListener("input", warn);
  warn();
}

/** What joins the storage session of a call, or a note why nothing can, or neither; throws what forbids it. */
export async function planIngestion(role, settings) {
  if (settings.session) {
    log.warn("Ingestion has no effect: without keys the page cannot ask the service to take part");
    return { note: message("ingest.backEnd") };
  }
  const on = checked("ingest-media") ? await asPhase("describeMediaStorage", role, () => isStored(settings)) : checked("ingest-media-manual-on");
  if (!on) return {};
  const wrong = problemWith(role, settings);
  if (wrong) throw Object.assign(new Error(wrong), { said: message(wrong), code: "caller.invalidArgument" });
  log.info("Ingestion is on: the service is asked to take part in the call");
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
 * Has the service asked to join a call, by itself or by a button, from when the session's socket is open. What
 * comes of it ends no call: the session does not answer the service's offer, and goes on from peer to peer.
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
    setNote(message("ingest.asked"));
  };
  const gaveUp = (error) => {
    over = true;
    if (error) report(error);
    log.warn(`The service was asked ${asked} times to join the storage session, and is asked no more`);
    setNote(message("ingest.gaveUp", { count: asked }));
  };
  const begin = () => (checked(SHOW[role])
    ? joinByHand(document.getElementById(BUTTONS[role]), join)
    : joinByItself(role, session, join, gaveUp));
  const pause = () => {
    helper?.stop();
    helper = null;
  };
  const end = session.on("state", ({ state }) => {
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

/** A viewer's connection is the one that is waited for; those of a master's viewers have nothing to do with it. */
function joinByItself(role, session, join, over) {
  const joining = startJoining({
    join,
    isUp: () => session.state === "connected",
    up: () => log.info("The call is up: the service is not asked to join it again"),
    over,
  });
  const end = session.on("state", ({ state }) => {
    if (role === "viewer" && state === "connecting") joining.offered();
  });
  return {
    stop() {
      end();
      joining.stop();
    },
  };
}
