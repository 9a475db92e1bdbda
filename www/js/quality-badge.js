// How good a connection is: bars, a word, and the reasons where it could be better.

import { message, put } from "./i18n.js";

const MOST = 5;

/** A badge; `show(quality)` takes what the session judged, or null. */
export function createQualityBadge() {
  const element = document.createElement("p");
  element.className = "quality";
  element.hidden = true;
  const bars = document.createElement("span");
  bars.className = "quality-bars";
  bars.setAttribute("aria-hidden", "true");
  for (let bar = 1; bar <= MOST; bar += 1) bars.append(document.createElement("i"));
  const word = document.createElement("b");
  const reasons = document.createElement("span");
  element.append(bars, " ", word, " ", reasons);
  let shown = "";
  return {
    element,
    show(quality) {
      element.hidden = quality === null;
      if (quality === null) return;
      const score = Math.round(Math.min(MOST, Math.max(0, quality.score)));
      element.dataset.score = String(score);
      [...bars.children].forEach((bar, index) => bar.toggleAttribute("data-on", index < score));
      put(word, message(`quality.${score}`));
      const why = quality.reasons.join();
      if (why === shown) return;
      shown = why;
      reasons.replaceChildren(...quality.reasons.flatMap((reason, index) => [
        index === 0 ? "" : ", ",
        put(document.createElement("span"), message(`reason.${reason}`)),
      ]));
    },
  };
}
