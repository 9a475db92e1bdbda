// Panels that a person may open, and what only some calls need: their scripts and words are loaded when the
// first of them is wanted.

import { begin, finish } from "./busy.js";
import { message, usePanelWords } from "./i18n.js";
import { log } from "./log.js";
import { showProblem } from "./status.js";

const BUTTONS = [
  "connection-test-button",
  "create-stream-button",
  "describe-media-storage-configuration-button",
  "listStorageChannels",
  "preview-button",
  "report-button",
  "share-copy",
  "shortcuts-button",
  "speaker-button",
  "update-media-storage-configuration-button",
  "waterfall-json",
  "waterfall-png",
];
const FOLDS = ["faults", "ingestion-fold", "keys-fold", "send-fold", "share"];

let loading = null;

/** What panel-scripts.js exports, with its words. */
export async function panelScripts() {
  loading ??= Promise.all([import("./panel-scripts.js"), usePanelWords()]);
  try {
    const [scripts] = await loading;
    return scripts;
  } catch (cause) {
    loading = null; // Who asks next tries again.
    throw Object.assign(new Error("A script of the page did not load", { cause }), { said: message("page.unloaded") });
  }
}

/** Listens for the panels until their scripts are there; `ready` gives what the emulator said, or null. */
export function watchPanels(ready) {
  const waiting = new AbortController();
  const come = async () => {
    try {
      const { watchAll } = await panelScripts();
      if (!waiting.signal.aborted) watchAll(ready);
      waiting.abort();
    } catch (error) {
      log.error(error.message);
      showProblem(error);
    }
    return waiting.signal.aborted;
  };
  for (const id of BUTTONS) {
    const button = document.getElementById(id);
    const click = async () => {
      if (!begin(button)) return;
      const here = await come();
      finish(button);
      if (here) button.click();
    };
    button.addEventListener("click", click, { signal: waiting.signal });
  }
  for (const id of FOLDS) document.getElementById(id).addEventListener("toggle", come, { signal: waiting.signal });
}
