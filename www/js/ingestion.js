// Ingestion: whether the service takes part in a call, what it asks of both roles, and joining it.

import { begin, finish } from "./busy.js";
import { message, put } from "./i18n.js";
import { startJoining } from "./joining.js";
import { log } from "./log.js";
import { clientOf, isGovernment } from "./regional.js";
import { problemText, showProblem } from "./status.js";
import { arnOf, storageOf } from "./storage.js";

const checked = (id) => document.getElementById(id).checked;
const BUTTONS = { master: "join-storage-session-button", viewer: "join-storage-session-as-viewer-button" };

/** Warns in regions where ingestion is not offered. */
export function watchIngestion() {
  const region = document.getElementById("region");
  const warn = () => put(document.getElementById("ingestion-warning"),
    isGovernment(region.value.trim()) ? message("ingest.government") : null);
  region.addEventListener("input", warn);
  warn();
}

/** Whether the service takes part in a call of these settings; throws what forbids it. */
export async function usesIngestion(role, settings) {
  if (settings.session) return false;
  const on = checked("ingest-media") ? await isStored(settings) : checked("ingest-media-manual-on");
  if (!on) return false;
  const wrong = problemWith(role, settings);
  if (wrong) throw Object.assign(new Error(wrong), { said: message(wrong), code: "caller.invalidArgument" });
  log.info("Ingestion is on: the service takes part in the call");
  return true;
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

/** Joins the storage session of a running session, by itself or by its button; `over(error)` where that fails. */
export function joinStorage(role, session, settings, over) {
  const join = async () => {
    const client = await clientOf(settings);
    const channelArn = await arnOf(client, settings.channelName);
    if (role === "master") await client.joinStorageSession({ channelArn });
    else await client.joinStorageSessionAsViewer({ channelArn, clientId: session.clientId });
    log.info("The storage session is joined");
  };
  const byHand = checked(role === "master" ? "show-join-storage-session-button" : "show-join-storage-session-as-viewer-button");
  return byHand ? joinByHand(document.getElementById(BUTTONS[role]), join) : joinByItself(session, join, over);
}

function joinByHand(button, join) {
  const click = async () => {
    if (!begin(button)) return;
    try {
      await join();
    } catch (error) {
      log.error(problemText(error));
      showProblem(error);
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
  const joining = startJoining({
    join,
    over: (error) => over(error ?? Object.assign(new Error("ingest.gaveUp"), { said: message("ingest.gaveUp") })),
  });
  const step = { connecting: joining.offered, connected: joining.connected, closed: joining.gone };
  const end = session.on("viewerstate", ({ state }) => step[state]?.());
  return {
    stop() {
      end();
      joining.stop();
    },
  };
}
