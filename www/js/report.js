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
const issue = document.getElementById("report-issue");
/** What a printer gets: a field prints the lines that it shows, and no more. */
const paper = document.getElementById("report-paper");

/** Longer addresses are cut or refused on the way to GitHub. */
const LONGEST_ADDRESS = 7000;

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

document.getElementById("report-print").addEventListener("click", () => print());
issue.addEventListener("click", () => window.open(issueWith(text.value), "_blank", "noopener"));

/** The address of a new issue with a report in it; where that is too long, with its beginning and a word about it. */
function issueWith(report) {
  const url = new URL(issue.dataset.at);
  const fill = (shown, note) => {
    url.searchParams.set("body", `What I did:\n\nWhat I expected:\n\nWhat happened:\n\n\`\`\`json\n${shown}\n\`\`\`\n${note}`);
    return url.href;
  };
  if (fill(report, "").length <= LONGEST_ADDRESS) return url.href;
  const lines = report.split("\n");
  while (fill(lines.join("\n"), "The report was too long for a link: press Copy report, and paste it here.").length > LONGEST_ADDRESS) {
    lines.length = Math.floor(lines.length * 0.9);
  }
  return url.href;
}

/** Listens to the button that makes a report of the last call. */
export function watchReport() {
  document.getElementById("report-button").addEventListener("click", async () => showReport(await makeReport()));
}

/** Shows a report, to be read and then copied. */
export function showReport(report) {
  text.value = paper.textContent = JSON.stringify(report, null, 2);
  text.setSelectionRange(0, 0); // It is read from its beginning.
  issue.hidden = !issue.dataset.at?.startsWith("https://");
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
