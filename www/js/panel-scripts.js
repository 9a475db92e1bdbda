// The scripts of all panels that a person may open, which are loaded together.

import { watchConnectionTest } from "./connection-test.js";
import { watchFaults } from "./faults.js";
import { watchIngestion } from "./ingestion.js";
import { watchKeyPaste } from "./key-paste.js";
import { watchPrejoin } from "./prejoin.js";
import { watchReport } from "./report.js";
import { watchShare } from "./share.js";
import { watchShortcutList } from "./shortcuts-list.js";
import { watchStorage } from "./storage.js";
import { watchWaterfallFiles } from "./waterfall-files.js";

export { qualify } from "./dqp.js";
export { planIngestion } from "./ingestion.js";

/** Listens to all of them; `ready` gives what the emulator said, or null. */
export function watchAll(ready) {
  watchConnectionTest(ready);
  watchFaults();
  watchIngestion();
  watchKeyPaste();
  watchPrejoin();
  watchReport();
  watchShare(ready);
  watchShortcutList();
  watchStorage(ready);
  watchWaterfallFiles();
}
