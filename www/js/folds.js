// The folded settings: each says on its lid what is inside.

import { message, put } from "./i18n.js";

const summaries = new Map();

/** From now on the lid of the fold `id` shows the message that `summary` gives. */
export function watchFold(id, summary) {
  summaries.set(document.getElementById(`${id}-now`), summary);
  document.getElementById(id).addEventListener("input", changed);
  document.getElementById(id).addEventListener("change", changed);
}

/** Shows anew what is inside, after fields were filled by a script. */
export function changed() {
  for (const [place, summary] of summaries) put(place, summary());
}

/** What the fold of the channel says. */
export function channelSummary() {
  const channel = document.getElementById("channelName").value.trim();
  const region = document.getElementById("region").value.trim();
  return channel === "" ? message("fold.noChannel", { region }) : `${channel} · ${region}`;
}

/** What the fold of what is sent says. */
export function sendSummary() {
  const kinds = { sendVideo: "send.video", sendAudio: "send.audio", openDataChannel: "send.data" };
  const ticked = Object.entries(kinds).filter(([id]) => document.getElementById(id).checked);
  const [first, second, third] = ticked.map(([, key]) => message(key));
  if (third) return message("fold.three", { first, second, third });
  if (second) return message("fold.two", { first, second });
  return first ?? message("fold.nothing");
}
