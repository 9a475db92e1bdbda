// Panels that a person may open: the script of each is loaded when it is opened.

import { begin, finish } from "./busy.js";
import { message } from "./i18n.js";
import { log } from "./log.js";
import { showProblem } from "./status.js";

/** Each begins with what the emulator said, a promise of it, or null. */
const PANELS = [
  {
    buttons: ["connection-test-button"],
    load: async (ready) => (await import("./connection-test.js")).watchConnectionTest(ready),
  },
  { folds: ["share"], buttons: ["share-copy"], load: async () => (await import("./share.js")).watchShare() },
  { buttons: ["report-button"], load: async () => (await import("./report.js")).watchReport() },
  {
    folds: ["send-fold"],
    buttons: ["preview-button", "speaker-button"],
    load: async () => (await import("./prejoin.js")).watchPrejoin(),
  },
  { folds: ["ingestion-fold"], load: async () => (await import("./ingestion.js")).watchIngestion() },
  {
    buttons: [
      "create-stream-button",
      "update-media-storage-configuration-button",
      "describe-media-storage-configuration-button",
      "listStorageChannels",
    ],
    load: async (ready) => (await import("./storage.js")).watchStorage(ready),
  },
];

/** Listens for each panel until its script is there; `ready` gives what the emulator said, or null. */
export function watchPanels(ready) {
  for (const { buttons = [], folds = [], load } of PANELS) {
    const waiting = new AbortController();
    let loading = null;
    const come = async () => {
      loading ??= load(ready);
      try {
        await loading;
        waiting.abort();
        return true;
      } catch (error) {
        loading = null; // The next click tries again.
        log.error(error.message);
        showProblem({ said: message("page.unloaded") });
        return false;
      }
    };
    for (const id of buttons) {
      const button = document.getElementById(id);
      const click = async () => {
        if (!begin(button)) return;
        const here = await come();
        finish(button);
        if (here) button.click();
      };
      button.addEventListener("click", click, { signal: waiting.signal });
    }
    for (const id of folds) document.getElementById(id).addEventListener("toggle", come, { signal: waiting.signal });
  }
}
