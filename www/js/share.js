// A link to this call for somebody else, as text and as a QR code: settings, and never a secret or an
// endpoint, which nobody should take from a link.

import { message, put } from "./i18n.js";
import { drawQr } from "./qr-code.js";
import { settingsOf } from "./settings.js";
import { showProblem } from "./status.js";

const form = document.getElementById("settings");
const link = document.getElementById("share-link");
const code = document.getElementById("share-code");
const role = document.getElementById("share-role");
const button = document.getElementById("share-copy");
const fold = document.getElementById("share");

const where = document.getElementById("share-where");

/** What the emulator says about itself, or null. */
let about = null;

/** Keeps the link as the settings are from now on, and listens to the button; `ready` gives what the emulator said. */
export async function watchShare(ready) {
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
  about = await ready;
  refresh();
}

/** Where whoever gets the link finds this page: other devices do not find it at this computer's own name. */
function address() {
  const alone = about !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);
  const lan = alone ? (about.lanOrigin ?? null) : null;
  put(where, alone ? message(lan ? "share.lan" : "share.alone") : null);
  return new URL(location.pathname, lan ?? location.href);
}

function refresh() {
  if (!fold.open) return;
  const url = address();
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
