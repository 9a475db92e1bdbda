// A report for whoever is asked for help: shown before it is copied, with no secret and no address in it.

import { lastSessions } from "./call.js";
import { message, put } from "./i18n.js";
import { log } from "./log.js";
import { sdk } from "./sdk.js";
import { settingsOf } from "./settings.js";
import { problemText } from "./status.js";

const dialog = document.getElementById("report");
const text = document.getElementById("report-text");
const copy = document.getElementById("report-copy");

document.getElementById("report-close").addEventListener("click", () => dialog.close());
copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(text.value);
    put(copy, message("log.copied"));
  } catch {
    text.select(); // What cannot be copied for the person is ready to be copied by hand.
    put(copy, message("log.notAllowed"));
  }
});

/** Listens to the button that makes a report of the last call. */
export function watchReport() {
  document.getElementById("report-button").addEventListener("click", async () => showReport(await makeReport()));
}

/** Shows a report, to be read and then copied. */
export function showReport(report) {
  text.value = JSON.stringify(report, null, 2);
  text.setSelectionRange(0, 0); // It is read from its beginning.
  put(copy, message("report.copy"));
  dialog.showModal();
}

/** Null of a session whose instance has ended. */
async function reportOf(session) {
  try {
    return await session.report();
  } catch (error) {
    log.warn(problemText(error));
    return null;
  }
}

async function makeReport() {
  const reports = await Promise.all(lastSessions().map(reportOf));
  const version = await sdk.then((exports) => exports.version(), () => null);
  return { schema: 1, version, userAgent: navigator.userAgent, settings: Object.fromEntries(settingsOf()), sessions: reports };
}
