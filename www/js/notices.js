// Short notices between the doors, which they do not move, and the form, each with a button that takes it away.

import { message, put } from "./i18n.js";
import { focusMain } from "./status.js";

const place = document.getElementById("notices");

/** Shows a notice; `tone` is "info" or "warn", `extra` elements follow the words. */
export function notice(said, tone = "info", ...extra) {
  const box = document.createElement("div");
  box.className = "notice";
  box.dataset.tone = tone;
  const words = document.createElement("p");
  words.append(put(document.createElement("span"), said), ...extra);
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "quiet";
  put(dismiss, message("notice.dismiss"));
  dismiss.addEventListener("click", () => {
    box.remove();
    focusMain();
  });
  box.append(words, dismiss);
  place.append(box);
}
