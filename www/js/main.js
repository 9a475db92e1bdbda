// The page's entry: what the first screen needs, and nothing else. The rest is page.js, which is asked for
// when the first screen stands.

import { holdClicks } from "./early.js";
import { isInPage, message, put, useLanguage } from "./i18n.js";
import { fallBack, watchLanguage } from "./language.js";

const letGo = holdClicks();
const language = watchLanguage();
const words = useLanguage(language).catch(fallBack);
if (!isInPage(language)) await words.catch(() => {});
// In a task after the frame: what is measured has been painted.
requestAnimationFrame(() => setTimeout(() => performance.mark("first-screen")));
document.head.append(document.getElementById("rest").content);
try {
  const [{ begin }] = await Promise.all([import("./page.js"), words]);
  begin();
} catch (error) {
  put(document.getElementById("status"), message("page.unloaded"));
  document.getElementById("status-lamp").dataset.tone = "bad";
  throw error;
} finally {
  letGo();
}
