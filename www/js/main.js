// The page's entry: what the first screen needs, and nothing else. The rest is page.js, which is asked for
// when the first screen stands.

import { holdClicks } from "./early.js";
import { isInPage, message, put, useLanguage } from "./i18n.js";
import { fallBack, watchLanguage } from "./language.js";

/** Where nothing is painted, as in a window behind others, the rest does not wait for it. */
const LONGEST_FRAME_MS = 2000;

const letGo = holdClicks();
const language = watchLanguage();
const speak = () => useLanguage(language).catch(fallBack);
const words = isInPage(language) ? null : speak();
await words?.catch(() => {});
await painted();
performance.mark("first-screen");
document.head.append(document.getElementById("rest").content);
try {
  const [{ begin }] = await Promise.all([import("./page.js"), words ?? speak()]);
  begin();
} catch (error) {
  put(document.getElementById("status"), message("page.unloaded"));
  document.getElementById("status-lamp").dataset.tone = "bad";
  throw error;
} finally {
  letGo();
}

/** Resolves in a task after the next frame. */
function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, LONGEST_FRAME_MS);
  });
}
