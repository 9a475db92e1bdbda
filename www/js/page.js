// The page behind the first screen. In the console, `kvs.master` and `kvs.viewer` are the running objects (call.js).

import { watchCall } from "./call.js";
import { watchCandidates } from "./candidates.js";
import { watchCreateChannel } from "./channel.js";
import { watchCodecs } from "./codecs.js";
import { keysSummary, watchCredentials } from "./credentials.js";
import { recommend } from "./doors.js";
import { askForSecret, askServer, explainAbsence, explainEmulator, fillForEmulator, keepsItsSecret } from "./emulator.js";
import { watchEndpoint } from "./endpoint.js";
import { changed, channelSummary, sendSummary, watchFold } from "./folds.js";
import { watchFields } from "./form.js";
import { message } from "./i18n.js";
import { applyLink } from "./link.js";
import { log, watchLog } from "./log.js";
import { notice } from "./notices.js";
import { watchPanels } from "./panels.js";
import { watchRegion } from "./regional.js";
import { watchKeys } from "./remember.js";
import { sdk } from "./sdk.js";
import { watchShortcuts } from "./shortcuts.js";
import { setStatus, showProblem } from "./status.js";
import { watchWaterfall } from "./waterfall.js";

/** Listens to everything there is; comes once the words are there. */
export function begin() {
  addEventListener("securitypolicyviolation", (event) => {
    log.warn(`The page's policy blocked ${event.blockedURI || "something"} (${event.effectiveDirective})`);
  });
  watchLog();
  watchFields();
  watchEndpoint();
  watchKeys();
  watchCredentials();
  watchWaterfall();
  watchCodecs();
  watchCandidates();
  watchRegion();
  watchFold("channel-fold", channelSummary);
  watchFold("send-fold", sendSummary);
  watchFold("keys-fold", keysSummary);
  const asked = applyLink();
  const ready = prepare(asked);
  watchCreateChannel(ready);
  watchPanels(ready);
  watchShortcuts();
  watchCall(ready);
  announce(ready);
}

/** Fills the form where the emulator serves the page; gives what it said about itself, or null. */
async function prepare(asked) {
  const server = await askServer();
  const about = server?.emulator ? server : null;
  if (about) {
    fillForEmulator(about);
    log.info(`Served by the emulator ${about.version ?? ""}`.trimEnd());
    document.getElementById("faults").hidden = false;
  }
  document.getElementById("report-issue").dataset.at = server?.issues ?? "";
  const toType = about !== null && keepsItsSecret(about);
  document.getElementById("keys-fold").open = toType;
  recommend(asked ?? (toType ? "master" : "try"));
  changed();
  if (toType) askForSecret(asked);
  else if (asked) notice(message("link.opened", { start: message(`start.${asked}`) }));
  else if (about) explainEmulator();
  else explainAbsence(server?.docs === true);
  return about;
}

async function announce(ready) {
  try {
    const [{ version }] = await Promise.all([sdk, ready]);
    document.getElementById("version").textContent = version();
    log.debug(`SDK ${version()} is ready`);
    performance.mark("ready");
    if (!document.body.dataset.running) setStatus(message("status.ready"), "idle");
  } catch (error) {
    log.error(error.cause ? `${error.message} (${error.cause.message ?? error.cause})` : error.message);
    setStatus(message("status.noSdk"), "bad");
    showProblem(error);
  }
}
