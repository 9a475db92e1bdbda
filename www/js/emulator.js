// Served by the emulator, the page comes filled in: where it answers and which keys it takes.

import { setOwnEndpoint } from "./endpoint.js";
import { fillUntouched } from "./field-view.js";
import { message, put } from "./i18n.js";
import { notice } from "./notices.js";

/** A server that takes longer is none of ours; the page does not wait for it. */
const ANSWER_WITHIN_MS = 3000;

/** What the server says about itself: the emulator, or a site that has documentation; null where nothing. */
export async function askServer() {
  try {
    const response = await fetch(new URL("_emulator/about.json", document.baseURI), {
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!response.ok) return null;
    return await response.json();
  } catch {
    return null; // No such file, or no answer: an ordinary web server.
  }
}

/** Fills the form for the emulator, where neither a person nor a link was before. */
export function fillForEmulator(about) {
  const query = new URLSearchParams(location.search);
  setOwnEndpoint(location.origin);
  for (const id of ["region", "channelName"]) {
    if (!query.has(id)) fillUntouched(id, about[id]);
  }
  for (const id of ["accessKeyId", "secretAccessKey"]) fillUntouched(id, about[id]);
  if (!query.has("openDataChannel")) document.getElementById("openDataChannel").checked = true;
}

/** Whether the emulator has a secret of its own, which it tells on its terminal alone. */
export function keepsItsSecret(about) {
  return about.secretAccessKey === undefined;
}

/** Tells where that secret is to be found; `role` is the one that a link asks for, or null. */
export function askForSecret(role) {
  notice(role
    ? message("emulator.askSecretFor", { start: message(`start.${role}`) })
    : message("emulator.askSecret"));
}

/** Tells how to make a call here, with a link to the second window. */
export function explainEmulator() {
  const second = put(document.createElement("a"), message("emulator.second"));
  second.target = "_blank";
  second.rel = "noopener";
  const aim = () => {
    const channelName = document.getElementById("channelName").value;
    second.href = `?${new URLSearchParams({ channelName, view: "viewer" })}`;
  };
  aim();
  document.getElementById("channelName").addEventListener("change", aim);
  notice(message("emulator.explain"), "info", " ", second);
}

/** Tells what can be done where no emulator serves the page, with a link to the site's documentation. */
export function explainAbsence(hasDocs) {
  if (!hasDocs) return notice(message("emulator.absent"));
  const link = put(document.createElement("a"), message("emulator.docs"));
  link.href = "./docs/";
  notice(message("emulator.absent"), "info", " ", link);
}

/** Whether these settings talk to the emulator that serves this page. */
export function isOwnEmulator(about, settings) {
  return about !== null && settings.endpoint !== undefined && new URL(settings.endpoint).origin === location.origin;
}
