// A link to this call for somebody else, as text and as a QR code: settings, and never a secret or an
// endpoint, which nobody should take from a link.

import { message, put } from "./i18n.js";
import { drawQr } from "./qr-code.js";
import { showProblem } from "./status.js";

/** What a link carries beside boxes and choices. A client id is one viewer's own. */
const TEXT = ["region", "channelName"];
/** The first one is the person's own decision, the others are of this computer. */
const NEVER = ["remember-keys", "preview-camera", "preview-microphone"];

const form = document.getElementById("settings");
const link = document.getElementById("share-link");
const code = document.getElementById("share-code");
const role = document.getElementById("share-role");
const button = document.getElementById("share-copy");
const fold = document.getElementById("share");

/** Keeps the link as the settings are, and listens to the button. */
export function watchShare() {
  for (const event of ["input", "change"]) form.addEventListener(event, refresh);
  role.addEventListener("change", refresh);
  fold.addEventListener("toggle", refresh);
  document.addEventListener("languagechange", refresh);
  button.addEventListener("click", async () => {
    refresh();
    try {
      await navigator.clipboard.writeText(link.value);
      put(button, message("log.copied"));
    } catch {
      link.select();
      put(button, message("log.notAllowed"));
    }
  });
}

/** The settings that are not as the page comes, by the ids of their fields. */
export function settingsOf() {
  const found = new Map();
  for (const id of TEXT) found.set(id, document.getElementById(id).value.trim());
  for (const box of form.querySelectorAll("input[type=checkbox][id]")) {
    if (box.checked !== box.defaultChecked && !NEVER.includes(box.id) && !box.name) found.set(box.id, String(box.checked));
  }
  for (const radio of form.querySelectorAll("input[type=radio]:checked")) {
    if (!radio.defaultChecked) found.set(radio.name, radio.id);
  }
  for (const select of form.querySelectorAll("select")) {
    if (select.selectedIndex > 0 && !NEVER.includes(select.id)) found.set(select.id, select.value);
  }
  return found;
}

function refresh() {
  if (!fold.open) return;
  const url = new URL(location.pathname, location.href);
  for (const [id, value] of settingsOf()) url.searchParams.set(id, value);
  url.searchParams.set("view", role.value);
  link.value = url.href;
  put(button, message("share.copy"));
  try {
    code.replaceChildren(drawQr(url.href));
  } catch (error) {
    code.replaceChildren();
    showProblem(error);
  }
}
