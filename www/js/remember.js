// Keys outlive a reload only where the person ticks it, and then in this tab alone.

import { SECRETS } from "./fields.js";

const STORE = "kvs-webrtc.keys";
const tick = document.getElementById("remember-keys");

/** Brings remembered keys back, and follows the tick and the fields from then on. */
export function watchKeys() {
  restore();
  tick.addEventListener("change", save);
  for (const id of SECRETS) document.getElementById(id).addEventListener("input", save);
}

function restore() {
  let kept;
  try {
    kept = JSON.parse(sessionStorage.getItem(STORE) ?? "null");
  } catch {
    return; // Storage is switched off, or holds something that is not ours.
  }
  if (kept === null || typeof kept !== "object") return;
  tick.checked = true;
  for (const id of SECRETS) {
    if (typeof kept[id] === "string") document.getElementById(id).value = kept[id];
  }
}

function save() {
  try {
    if (!tick.checked) return sessionStorage.removeItem(STORE);
    const keys = Object.fromEntries(SECRETS.map((id) => [id, document.getElementById(id).value]));
    sessionStorage.setItem(STORE, JSON.stringify(keys));
  } catch {
    tick.checked = false; // Storage is switched off: say so by the tick.
  }
}
