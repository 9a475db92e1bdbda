// The connection test: every part a call needs, tried in turn, a verdict in a sentence, and a report.

import { begin, finish } from "./busy.js";
import { CHECKS, Skipped } from "./checks.js";
import { isOwnEmulator } from "./emulator.js";
import { FOR_REQUESTS, readSettings } from "./form.js";
import { message, put, words } from "./i18n.js";
import { log } from "./log.js";
import { regionalAddress } from "./regional.js";
import { showReport } from "./report.js";
import { sdk } from "./sdk.js";
import { problemText } from "./status.js";

/** Of several failures the one that explains the others comes first. */
const ADVICE = ["browser", "keys", "clock", "socket", "turnsTcp", "turnUdp", "media", "bandwidth", "devices"];

const button = document.getElementById("connection-test-button");
const list = document.getElementById("connection-test-list");
const verdict = document.getElementById("connection-test-verdict");
const copy = document.getElementById("connection-test-report");

let results = [];

/** Listens to the buttons; `ready` gives what the emulator said, or null. */
export function watchConnectionTest(ready) {
  button.addEventListener("click", async () => {
    if (!begin(button)) return;
    try {
      const about = await ready;
      const settings = readSettings(FOR_REQUESTS);
      if (settings) await runAll(settings, about);
    } finally {
      finish(button);
    }
  });
  copy.addEventListener("click", () => showReport({ schema: 1, userAgent: navigator.userAgent, checks: results }));
}

async function runAll(settings, about) {
  const known = { settings, stunUrl: await stunUrlOf(settings, about) };
  results = [];
  list.replaceChildren();
  copy.hidden = true;
  put(verdict, message("check.running"));
  for (const [name, check] of Object.entries(CHECKS)) {
    const line = lineOf(name);
    const begun = performance.now();
    const [state, said, code] = await outcomeOf(check, known);
    const ms = Math.round(performance.now() - begun);
    line(state, said, ms);
    results.push({ name, state, ms, found: words(said), code });
  }
  const failed = ADVICE.find((name) => results.some((result) => result.name === name && result.state === "failed"));
  put(verdict, message(failed ? `advice.${failed}` : "advice.none"));
  copy.hidden = false;
}

async function outcomeOf(check, known) {
  try {
    return ["good", await check(known)];
  } catch (error) {
    if (error instanceof Skipped) return ["skipped", error.said];
    if (!error.said) log.warn(`Connection test: ${problemText(error)}`);
    return ["failed", error.said ?? problemText(error), error.code];
  }
}

async function stunUrlOf(settings, about) {
  if (isOwnEmulator(about, settings)) return about.stunUrl;
  const { stunUrl } = await regionalAddress(settings);
  const { generateStunUrl } = await sdk;
  return stunUrl ?? generateStunUrl({ region: settings.region, useFipsEndpoints: false, useDualStackEndpoints: false });
}

/** A line that is under way; the function that it gives ends it. */
function lineOf(name) {
  const line = document.createElement("li");
  line.dataset.check = name;
  line.dataset.state = "running";
  const state = put(document.createElement("b"), message("checkState.running"));
  const found = document.createElement("span");
  found.className = "hint";
  line.append(state, " ", put(document.createElement("span"), message(`checkName.${name}`)), " ", found);
  list.append(line);
  return (now, said, ms) => {
    line.dataset.state = now;
    put(state, message(`checkState.${now}`));
    put(found, message("check.found", { said, ms }));
  };
}
